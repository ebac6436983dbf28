//! The functions behind ours: those that the program would have called.
//!
//! Looked up behind this library, so that another one that was preloaded as well is called.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::AtomicU8;

use crate::c::{RTLD_NEXT, dlsym, information};

pub(crate) type Strings = *const *const c_char;
type Malloc = unsafe extern "C" fn(usize) -> *mut c_void;
type Calloc = unsafe extern "C" fn(usize, usize) -> *mut c_void;
type Realloc = unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void;
type Free = unsafe extern "C" fn(*mut c_void);
type UsableSize = unsafe extern "C" fn(*mut c_void) -> usize;
type Execute = unsafe extern "C" fn(*const c_char, Strings, Strings) -> c_int;
type ExecuteHere = unsafe extern "C" fn(*const c_char, Strings) -> c_int;
type ExecuteFile = unsafe extern "C" fn(c_int, Strings, Strings) -> c_int;
type ExecuteAt = unsafe extern "C" fn(c_int, *const c_char, Strings, Strings, c_int) -> c_int;
type Spawn =
    unsafe extern "C" fn(*mut c_int, *const c_char, *const c_void, *const c_void, Strings, Strings) -> c_int;
type System = unsafe extern "C" fn(*const c_char) -> c_int;
type Pipe = unsafe extern "C" fn(*const c_char, *const c_char) -> *mut c_void;
pub(crate) type Exit = unsafe extern "C" fn(c_int) -> !;

/// The functions.
pub(crate) struct Real {
    pub(crate) malloc: Malloc,
    pub(crate) calloc: Calloc,
    pub(crate) realloc: Realloc,
    pub(crate) memalign: Calloc,
    pub(crate) free: Free,
    usable_size: UsableSize,
    /// Whether all of them are of one library. Otherwise blocks of one come to another, which knows nothing of them: nothing is marked
    /// then, and nothing counted.
    pub(crate) is_of_one: bool,
    /// Whether the length of a block stands before it, as glibc has it.
    pub(crate) has_headers: bool,
    /// Where another allocator comes before glibc's: that, for whoever asks for it by name.
    pub(crate) behind_another: Option<Glibc>,
    pub(crate) execve: Execute,
    pub(crate) execv: ExecuteHere,
    pub(crate) execvp: ExecuteHere,
    pub(crate) execvpe: Execute,
    pub(crate) fexecve: ExecuteFile,
    /// Since glibc 2.34.
    pub(crate) execveat: Option<ExecuteAt>,
    pub(crate) posix_spawn: Spawn,
    pub(crate) posix_spawnp: Spawn,
    pub(crate) system: System,
    pub(crate) popen: Pipe,
    pub(crate) exit: Exit,
    pub(crate) quick_exit: Exit,
    /// Glibc's own flag, since 2.32: not zero while there is one thread.
    pub(crate) is_single_threaded: &'static AtomicU8,
}

/// Glibc's functions by their other names.
pub(crate) struct Glibc {
    pub(crate) malloc: Malloc,
    pub(crate) calloc: Calloc,
    pub(crate) realloc: Realloc,
    pub(crate) memalign: Calloc,
    pub(crate) valloc: Malloc,
    pub(crate) pvalloc: Malloc,
    pub(crate) free: Free,
}

impl Real {
    /// How many bytes of a block can be used.
    ///
    /// # Safety
    /// The block is live, and from these functions.
    #[inline(always)]
    pub(crate) unsafe fn usable_bytes(&self, block: *mut c_void) -> usize {
        if self.has_headers {
            // SAFETY: our caller says that the block is live, and blocks have such headers.
            unsafe { bytes_by_header(block) }
        } else {
            // SAFETY: our caller says that the block is live.
            unsafe { (self.usable_size)(block) }
        }
    }

    fn is_of_one(&self) -> bool {
        let all = [
            self.malloc as *const c_void,
            self.calloc as *const c_void,
            self.realloc as *const c_void,
            self.memalign as *const c_void,
            self.free as *const c_void,
            self.usable_size as *const c_void,
        ];
        let base = |function: *const c_void| information(function).map(|found| found.base);
        let first = base(all[0]);
        first.is_some() && all.iter().all(|function| base(*function) == first)
    }

    /// Whether what stands before blocks is what glibc has there; asked of two, since large ones are mapped by themselves. So large that
    /// glibc does not learn from its release from where on to map blocks (`DEFAULT_MMAP_THRESHOLD_MAX`, 32 MiB), and the program
    /// finds its allocator as it would be.
    fn has_headers(&self) -> bool {
        [40, 40 << 20].into_iter().all(|size| {
            // SAFETY: any number is allowed.
            let block = unsafe { (self.malloc)(size) };
            if block.is_null() {
                return false;
            }
            // SAFETY: the block is live.
            let usable = unsafe { (self.usable_size)(block) };
            // SAFETY: a block of glibc's, which has a header.
            let is_so = usable == unsafe { bytes_by_header(block) };
            // SAFETY: given by the same functions.
            unsafe { (self.free)(block) };
            is_so
        })
    }
}

/// What can be used of a block of glibc's: the word before it has the length of its chunk, whose header of one word it includes (two
/// words when it is mapped by itself), and flags in the lowest three bits. So it is since the first version (malloc/malloc.c,
/// "Details of chunk representation"). Faster than asking: the word is needed anyway when the block is freed.
///
/// # Safety
/// Eight bytes before the block can be read.
#[inline(always)]
pub(crate) unsafe fn bytes_by_header(block: *mut c_void) -> usize {
    const WORD_BYTES: usize = size_of::<usize>();
    const IS_MAPPED: usize = 2;
    const FLAGS: usize = 7;
    // SAFETY: our caller says so.
    let place = unsafe { block.cast::<usize>().sub(1) };
    // SAFETY: as above.
    let word = unsafe { place.read() };
    let second_word = (word & IS_MAPPED) * (WORD_BYTES / IS_MAPPED);
    (word & !FLAGS).wrapping_sub(WORD_BYTES + second_word)
}

static REAL: OnceLock<Real> = OnceLock::new();
static MANY_THREADS: AtomicU8 = AtomicU8::new(0);

/// The functions, once they have been found.
#[inline(always)]
pub(crate) fn real() -> Option<&'static Real> {
    REAL.get()
}

/// Finds the functions, and says whether all are there. What the search itself allocates comes from `bootstrap`.
pub(crate) fn find() -> bool {
    if REAL.get().is_none() {
        let Some(mut found) = look_up() else { return false };
        found.is_of_one = found.is_of_one();
        let is_of_glibc = is_of_glibc(found.malloc);
        found.behind_another = if is_of_glibc { None } else { look_up_behind_another() };
        found.has_headers = found.is_of_one && is_of_glibc && found.has_headers();
        // Another thread has found the same.
        let _ = REAL.set(found);
    }
    true
}

macro_rules! function {
    ($name:literal as $type:ty) => {
        next($name).map(|address| {
            // SAFETY: the C library's function of this name has this type, by its manual, and what another library has in its
            // place has to have it too.
            unsafe { std::mem::transmute::<*mut c_void, $type>(address) }
        })
    };
}

fn look_up_behind_another() -> Option<Glibc> {
    Some(Glibc {
        malloc: function!(c"__libc_malloc" as Malloc)?,
        calloc: function!(c"__libc_calloc" as Calloc)?,
        realloc: function!(c"__libc_realloc" as Realloc)?,
        memalign: function!(c"__libc_memalign" as Calloc)?,
        valloc: function!(c"__libc_valloc" as Malloc)?,
        pvalloc: function!(c"__libc_pvalloc" as Malloc)?,
        free: function!(c"__libc_free" as Free)?,
    })
}

fn look_up() -> Option<Real> {
    let flag = next(c"__libc_single_threaded").map(|flag| {
        // SAFETY: a byte of the C library's that is never unmapped.
        unsafe { AtomicU8::from_ptr(flag.cast()) }
    });
    Some(Real {
        malloc: function!(c"malloc" as Malloc)?,
        calloc: function!(c"calloc" as Calloc)?,
        realloc: function!(c"realloc" as Realloc)?,
        memalign: function!(c"memalign" as Calloc)?,
        free: function!(c"free" as Free)?,
        usable_size: function!(c"malloc_usable_size" as UsableSize)?,
        is_of_one: false,
        has_headers: false,
        behind_another: None,
        execve: function!(c"execve" as Execute)?,
        execv: function!(c"execv" as ExecuteHere)?,
        execvp: function!(c"execvp" as ExecuteHere)?,
        execvpe: function!(c"execvpe" as Execute)?,
        fexecve: function!(c"fexecve" as ExecuteFile)?,
        execveat: function!(c"execveat" as ExecuteAt),
        posix_spawn: function!(c"posix_spawn" as Spawn)?,
        posix_spawnp: function!(c"posix_spawnp" as Spawn)?,
        system: function!(c"system" as System)?,
        popen: function!(c"popen" as Pipe)?,
        exit: function!(c"_exit" as Exit)?,
        quick_exit: function!(c"quick_exit" as Exit)?,
        is_single_threaded: flag.unwrap_or(&MANY_THREADS),
    })
}

/// Whether a function is glibc's own.
fn is_of_glibc(function: Malloc) -> bool {
    information(function as *const c_void).is_some_and(|found| {
        // SAFETY: the loader's own text.
        unsafe { CStr::from_ptr(found.file_name) }.to_bytes().ends_with(b"/libc.so.6")
    })
}

fn next(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: looks for a symbol in what comes after this library.
    let address = unsafe { dlsym(RTLD_NEXT, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}
