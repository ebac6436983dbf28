//! What a program's file is: whether it can be started, and whether the library gets into it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use memgate_report::command::{ExecutableFacts, ExecutableKind, direct_allocator};
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Architecture, Endianness, FileKind, Object, ObjectSection, ObjectSymbol, ReadCache};

/// A script's interpreter may be a script. The kernel follows as many.
const MOST_INTERPRETERS: usize = 4;
/// As much of a file's first line is looked at.
const FIRST_BYTES: u64 = 256;
/// Sections that only Go's linker makes, which stay when symbols are taken off.
const SECTIONS_OF_GO: [&str; 3] = [".gopclntab", ".go.buildinfo", ".note.go.buildid"];

/// What the file of a program is. `program` is a path, or a name that is looked for where shells would.
pub(super) fn look_at_program(program: &OsStr) -> ExecutableFacts {
    match find_program(program) {
        Some(path) => look_at(&path, MOST_INTERPRETERS),
        None => facts(ExecutableKind::Missing),
    }
}

/// The file that is started as `program`, a path or a name that is looked for where shells would; none where there is none.
pub(crate) fn find_program(program: &OsStr) -> Option<PathBuf> {
    find(program, std::env::var_os("PATH"))
}

fn facts(kind: ExecutableKind) -> ExecutableFacts {
    ExecutableFacts { kind, file: None, direct_allocator: None, has_global_allocator: false }
}

/// The file that is started as `program`: the first that can be, or else the first that is there.
fn find(program: &OsStr, path_variable: Option<OsString>) -> Option<PathBuf> {
    if program.as_bytes().contains(&b'/') {
        return Some(PathBuf::from(program)).filter(|path| path.exists());
    }
    let folders = path_variable.unwrap_or_default();
    let found: Vec<PathBuf> = std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .filter(|path| path.is_file())
        .collect();
    found.iter().find(|path| is_executable(path)).or(found.first()).cloned()
}

fn is_executable(path: &Path) -> bool {
    let is_one =
        |metadata: std::fs::Metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    std::fs::metadata(path).is_ok_and(is_one)
}

fn look_at(path: &Path, interpreters_left: usize) -> ExecutableFacts {
    if !path.exists() {
        return facts(ExecutableKind::Missing);
    }
    if !is_executable(path) {
        return facts(ExecutableKind::NotExecutable);
    }
    let Ok(file) = File::open(path) else {
        // It may be started and not read. What has rights of its own often is such.
        return facts(rights(path).map_or(ExecutableKind::Dynamic, ExecutableKind::Privileged));
    };
    let mut start = Vec::new();
    // What can't be read has no first line.
    let _ = (&file).take(FIRST_BYTES).read_to_end(&mut start);
    if let Some(line) = start.strip_prefix(b"#!") {
        return look_at_script(line, interpreters_left);
    }
    let cache = ReadCache::new(file);
    match FileKind::parse(&cache) {
        Ok(FileKind::Elf64) => {}
        Ok(FileKind::Elf32) => return facts(ExecutableKind::OtherArchitecture),
        _ if start.contains(&0) || start.is_empty() => return facts(ExecutableKind::UnknownFormat),
        _ => return facts(ExecutableKind::ScriptWithoutInterpreter),
    }
    let Ok(elf) = ElfFile64::<Endianness, _>::parse(&cache) else {
        return facts(ExecutableKind::UnknownFormat);
    };
    let file = dunce::canonicalize(path).ok().map(PathBuf::into_os_string);
    ExecutableFacts {
        kind: elf_kind(&elf, path),
        file,
        direct_allocator: called_directly(&elf),
        has_global_allocator: has_global_allocator(&elf),
    }
}

/// A script, by what is left of its first line.
fn look_at_script(line: &[u8], interpreters_left: usize) -> ExecutableFacts {
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    let mut words = line.split(u8::is_ascii_whitespace);
    let interpreter = Path::new(OsStr::from_bytes(words.next().unwrap_or_default()));
    if interpreter.as_os_str().is_empty() {
        return facts(ExecutableKind::ScriptWithoutInterpreter);
    }
    if interpreters_left == 0 {
        return facts(ExecutableKind::UnknownFormat);
    }
    let found = look_at(interpreter, interpreters_left - 1);
    if matches!(found.kind, ExecutableKind::Missing | ExecutableKind::NotExecutable) {
        let interpreter = interpreter.to_string_lossy().into_owned();
        return facts(ExecutableKind::ScriptOfMissingInterpreter(interpreter));
    }
    found
}

fn elf_kind<'data>(
    elf: &ElfFile64<'data, Endianness, &'data ReadCache<File>>,
    path: &Path,
) -> ExecutableKind {
    let is_own = match elf.architecture() {
        Architecture::X86_64 => cfg!(target_arch = "x86_64"),
        Architecture::Aarch64 => cfg!(target_arch = "aarch64"),
        _ => false,
    };
    if !is_own {
        return ExecutableKind::OtherArchitecture;
    }
    if let Some(how) = rights(path) {
        return ExecutableKind::Privileged(how);
    }
    let endian = elf.endian();
    let headers = elf.elf_program_headers();
    let loader = headers.iter().find_map(|header| header.interpreter(endian, elf.data()).ok().flatten());
    let Some(loader) = loader else { return ExecutableKind::Static };
    let loader = Path::new(OsStr::from_bytes(loader));
    if !loader.exists() {
        return ExecutableKind::MissingLoader(loader.to_string_lossy().into_owned());
    }
    let name = loader.file_name().unwrap_or_default().as_bytes();
    if name.starts_with(b"ld-musl") { ExecutableKind::Musl } else { ExecutableKind::Dynamic }
}

/// The rights that a program gets by being started, and whoever starts it has not.
fn rights(path: &Path) -> Option<&'static str> {
    let metadata = std::fs::metadata(path).ok()?;
    let mode = metadata.mode();
    if mode & 0o4000 != 0 && metadata.uid() != rustix::process::geteuid().as_raw() {
        return Some("setuid");
    }
    if mode & 0o2000 != 0 && metadata.gid() != rustix::process::getegid().as_raw() {
        return Some("setgid");
    }
    let mut value = [0_u8; 64];
    let length = rustix::fs::getxattr(path, "security.capability", &mut value).ok()?;
    (length > 0).then_some("file capabilities")
}

/// The allocator in a program that is called directly. What is only named in a table of what may be there is not.
fn called_directly<'data>(
    elf: &ElfFile64<'data, Endianness, &'data ReadCache<File>>,
) -> Option<(&'static str, &'static str)> {
    let is_go = elf.sections().any(|section| section.name().is_ok_and(|name| SECTIONS_OF_GO.contains(&name)));
    if is_go {
        return direct_allocator("runtime.mallocgc");
    }
    let symbols = elf.symbols().chain(elf.dynamic_symbols());
    let called =
        symbols.filter(|symbol| symbol.is_definition() || symbol.is_undefined() && !symbol.is_weak());
    called.into_iter().find_map(|symbol| direct_allocator(symbol.name().ok()?))
}

/// Whether a program of Rust's has a `#[global_allocator]`: then the compiler's own is not in it. Where symbols were stripped, nobody
/// can tell.
fn has_global_allocator<'data>(elf: &ElfFile64<'data, Endianness, &'data ReadCache<File>>) -> bool {
    let (mut has_entry, mut has_default) = (false, false);
    for symbol in elf.symbols().filter(ObjectSymbol::is_definition) {
        let name = symbol.name().unwrap_or_default();
        has_entry |= name.ends_with("__rust_alloc");
        has_default |= name.ends_with("__rdl_alloc");
    }
    has_entry && !has_default
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &str, bytes: &[u8], mode: u32) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn kind(path: &Path) -> ExecutableKind {
        look_at_program(path.as_os_str()).kind
    }

    #[test]
    fn a_program_says_for_whom_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::env::current_exe().unwrap();
        let itself = Some(own.canonicalize().unwrap().into_os_string());
        let expected = ExecutableFacts { file: itself.clone(), ..facts(ExecutableKind::Dynamic) };
        assert_eq!(look_at_program(own.as_os_str()), expected);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&own, &link).unwrap();
        assert_eq!(look_at_program(link.as_os_str()).file, itself);
        let mut bytes = std::fs::read(own).unwrap();
        // The processor, in the header of ELF: that of s390.
        bytes[18..20].copy_from_slice(&[22, 0]);
        let other = file(folder.path(), "other", &bytes, 0o755);
        assert_eq!(kind(&other), ExecutableKind::OtherArchitecture);
        bytes.truncate(20);
        assert_eq!(kind(&file(folder.path(), "cut", &bytes, 0o755)), ExecutableKind::UnknownFormat);
        assert_eq!(kind(&file(folder.path(), "empty", b"", 0o755)), ExecutableKind::UnknownFormat);
    }

    #[test]
    fn a_script_is_what_its_interpreter_is() {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, line: &str| file(folder.path(), name, line.as_bytes(), 0o755);
        let first = script("first", "#!/bin/sh -e\n");
        let second = script("second", &format!("#! {}\n", first.display()));
        assert_eq!(kind(&first), ExecutableKind::Dynamic);
        assert_eq!(kind(&second), ExecutableKind::Dynamic);
        assert_eq!(kind(&script("bare", "#!\n")), ExecutableKind::ScriptWithoutInterpreter);
        let itself = folder.path().join("itself");
        assert_eq!(
            kind(&script("itself", &format!("#!{}", itself.display()))),
            ExecutableKind::UnknownFormat
        );
        let missing = ExecutableKind::ScriptOfMissingInterpreter("/nowhere/sh".to_owned());
        assert_eq!(kind(&script("missing", "#!/nowhere/sh -e\n")), missing);
    }

    #[test]
    fn a_name_is_looked_for_where_shells_would() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
        for place in [&first, &second] {
            std::fs::create_dir(place).unwrap();
        }
        let path = Some(std::env::join_paths([&first, &second]).unwrap());
        let find = || find(OsStr::new("tool"), path.clone());
        assert_eq!(find(), None);
        let plain = file(&first, "tool", b"", 0o644);
        assert_eq!(find(), Some(plain));
        let executable = file(&second, "tool", b"", 0o755);
        assert_eq!(find(), Some(executable));
    }
}
