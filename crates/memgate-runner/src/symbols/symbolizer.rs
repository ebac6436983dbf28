//! Captures to profiles.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memgate_protocol::StackNumbers;
use memgate_protocol::capture::{Capture, MappedModule, WindowKind, node};
use memgate_report::sites::{Module, PhysicalFrame, Profile, RecordedStack};
use memgate_report::text::Noun;

use super::SymbolError;
use super::frames::trim;
use super::object_file::ObjectFile;
use super::origin::SourceRoots;

/// Gives names to recorded addresses. Keeps what it has read and found, so that the captures of one executable after the
/// other cost little.
pub struct Symbolizer {
    roots: SourceRoots,
    files: HashMap<PathBuf, ObjectFile>,
    /// By file, and by the address that the file gives to the place.
    functions: HashMap<(PathBuf, u64), Vec<memgate_report::sites::Function>>,
}

/// A profile, and what has to be said about its names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Symbolized {
    /// The profile.
    pub profile: Profile,
    /// The files without debug information that stacks end in, without their folders, and how many stacks that are.
    pub bare: BTreeMap<String, usize>,
    /// What else is missing: room for stacks, frame pointers.
    pub lacks: Vec<String>,
    /// The addresses of functions that left no frame. Each is where a function begins, and so none of a call.
    left_out: BTreeSet<u64>,
}

impl Symbolized {
    /// What the processes of a command recorded together, and what is missing in it.
    #[cfg(target_os = "linux")]
    pub(crate) fn of_command(profile: Profile, lacks: Vec<String>) -> Self {
        Self { profile, lacks: lacks.into_iter().collect(), ..Self::default() }
    }

    /// All that is missing, in words.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let bare = self.bare.iter().map(|(name, stacks)| {
            format!(
                "{name} has no debug information, so {} no lines, and perhaps no names",
                Noun("stack has", "stacks have").counted(*stacks)
            )
        });
        bare.chain(self.lacks.iter().cloned()).collect()
    }

    /// The profile without the functions that left no frame, as everybody sees it who walks stacks.
    #[must_use]
    pub fn into_walked(mut self) -> Profile {
        for stack in &mut self.profile.stacks {
            stack.frames.retain(|frame| !self.left_out.contains(&frame.address));
        }
        self.profile
    }
}

impl std::fmt::Debug for Symbolizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Symbolizer").field("roots", &self.roots).finish_non_exhaustive()
    }
}

impl Symbolizer {
    /// A symbolizer that has not read anything yet.
    #[must_use]
    pub fn new(roots: SourceRoots) -> Self {
        Self { roots, files: HashMap::new(), functions: HashMap::new() }
    }

    /// The profile of one window of a capture that `executable` left.
    ///
    /// # Errors
    /// When the executable is not the one that was measured, or the capture has no such window.
    pub fn symbolize(
        &mut self,
        capture: &Capture,
        kind: WindowKind,
        executable: &Path,
    ) -> Result<Symbolized, SymbolError> {
        self.check_executable(capture, executable)?;
        self.alias(capture, executable);
        let window =
            capture.windows.iter().find(|window| window.kind == kind).ok_or(SymbolError::NoWindow)?;
        let mut profile = Profile { modules: modules(capture), ..Profile::default() };
        let frames = self.frames(capture);
        let left_out = self.left_out(capture);
        for row in &window.rows {
            match row.node {
                node::OLDER => profile.older += row.numbers,
                node::BEYOND_LIMIT => profile.beyond_limit += row.numbers,
                number => profile.stacks.push(stack(capture, &frames, &left_out, number, row.numbers)),
            }
        }
        profile.stacks = merged(profile.stacks);
        let bare = self.bare(capture, &profile);
        let lacks = Self::lacks(capture, &profile, window.lost_blocks);
        let left_out = left_out.iter().flatten().map(|frame| frame.address).collect();
        Ok(Symbolized { profile, bare, lacks, left_out })
    }

    /// Checks that the file at the path is the one that was mapped.
    fn check_executable(&mut self, capture: &Capture, executable: &Path) -> Result<(), SymbolError> {
        let Some(module) = capture.modules.iter().find(|module| is_file(module, executable)) else {
            return Ok(());
        };
        let file = self.file(Path::new(&module.path));
        let differs = |what, measured: String, found: String| {
            Err(SymbolError::OtherExecutable { path: executable.to_path_buf(), what, measured, found })
        };
        if file.build_id != module.build_id {
            return differs("build id", module.build_id.clone(), file.build_id.clone());
        }
        if file.length != module.file_length {
            return differs("length", module.file_length.to_string(), file.length.to_string());
        }
        Ok(())
    }

    /// A copy that a runner made of the executable, and perhaps stripped, has its build id: what the executable knows
    /// holds for it.
    fn alias(&mut self, capture: &Capture, executable: &Path) {
        let build_id = self.file(executable).build_id.clone();
        for module in capture.modules.iter().filter(|module| !is_file(module, executable)) {
            let path = PathBuf::from(&module.path);
            if !build_id.is_empty() && module.build_id == build_id && !self.files.contains_key(&path) {
                self.files.insert(path, ObjectFile::open(executable));
            }
        }
    }

    fn file(&mut self, path: &Path) -> &ObjectFile {
        self.files.entry(path.to_path_buf()).or_insert_with(|| ObjectFile::open(path))
    }

    /// The frame of every node, in the order of the nodes.
    fn frames(&mut self, capture: &Capture) -> Vec<Arc<PhysicalFrame>> {
        let mut known: HashMap<u64, Arc<PhysicalFrame>> = HashMap::new();
        let frames = capture.nodes.iter().map(|node| {
            // What is recorded is where the call returns to; the call itself is before that.
            let address = node.address.wrapping_sub(1);
            let frame =
                known.entry(address).or_insert_with(|| Arc::new(self.frame(&capture.modules, address)));
            Arc::clone(frame)
        });
        frames.collect()
    }

    /// Of every node the function between it and its caller that left no frame, since its last act was to jump to the inner
    /// one. Which function the caller called is in its code.
    fn left_out(&mut self, capture: &Capture) -> Vec<Option<Arc<PhysicalFrame>>> {
        let mut known: HashMap<(u64, u64), Option<Arc<PhysicalFrame>>> = HashMap::new();
        let between = capture.nodes.iter().map(|node| {
            let parent = node.parent.checked_sub(node::FIRST)?;
            let outer = capture.nodes.get(parent as usize)?.address;
            let inner = node.address;
            let frame =
                known.entry((outer, inner)).or_insert_with(|| self.called_before(capture, outer, inner));
            frame.clone()
        });
        between.collect()
    }

    /// `outer` and `inner` are where calls return to.
    fn called_before(&mut self, capture: &Capture, outer: u64, inner: u64) -> Option<Arc<PhysicalFrame>> {
        let within = |module: &&MappedModule, address: u64| (module.start..module.limit).contains(&address);
        let module = capture.modules.iter().find(|module| within(module, outer) && within(module, inner))?;
        let file = self.file(Path::new(&module.path));
        let own = |address: u64| file.address_of(address - module.start + module.file_offset);
        let own_outer = own(outer)?;
        let target = file.called_before(own_outer, own(inner.checked_sub(1)?)?)?;
        let address = outer.wrapping_add(target.wrapping_sub(own_outer));
        let mut frame = self.frame(&capture.modules, address);
        // What is inlined where it begins is not where it ends.
        let called = frame.functions.pop()?;
        Some(Arc::new(PhysicalFrame { functions: vec![called], ..frame }))
    }

    fn frame(&mut self, modules: &[MappedModule], address: u64) -> PhysicalFrame {
        let index = modules.iter().position(|module| (module.start..module.limit).contains(&address));
        let Some(module) = index.and_then(|index| modules.get(index)) else {
            return PhysicalFrame {
                address,
                module: None,
                functions: vec![ObjectFile::unknown("", address)],
            };
        };
        let path = PathBuf::from(&module.path);
        let offset = address - module.start + module.file_offset;
        let own_address = self.file(&path).address_of(offset).unwrap_or(offset);
        if let Some(functions) = self.functions.get(&(path.clone(), own_address)) {
            return PhysicalFrame { address, module: index, functions: functions.clone() };
        }
        // A library that was put in place of the one that was mapped has other things at its addresses.
        let file = self.files.get(&path).filter(|file| file.build_id == module.build_id);
        let mut functions = file.map(|file| file.functions(own_address, &self.roots)).unwrap_or_default();
        if functions.is_empty() {
            functions.push(ObjectFile::unknown(&module.path, own_address));
        }
        self.functions.insert((path, own_address), functions.clone());
        PhysicalFrame { address, module: index, functions }
    }

    /// The files without debug information that stacks end in.
    fn bare(&mut self, capture: &Capture, profile: &Profile) -> BTreeMap<String, usize> {
        let mut innermost: BTreeMap<&str, usize> = BTreeMap::new();
        for stack in &profile.stacks {
            let module = stack.frames.first().and_then(|frame| frame.module);
            if let Some(module) = module.and_then(|module| capture.modules.get(module)) {
                *innermost.entry(&module.path).or_default() += 1;
            }
        }
        let mut bare = BTreeMap::new();
        for (path, stacks) in innermost {
            if !self.file(Path::new(path)).has_debug_information {
                // Without its folder, so that reports say the same on every machine.
                *bare.entry(path.rsplit('/').next().unwrap_or(path).to_owned()).or_default() += stacks;
            }
        }
        bare
    }

    fn lacks(capture: &Capture, profile: &Profile, lost_blocks: u64) -> Vec<String> {
        let mut lacks = Vec::new();
        let cut = profile.stacks.iter().filter(|stack| stack.is_cut).count();
        if cut > 0 {
            lacks.push(format!(
                "{} deeper than can be recorded; outer frames are missing",
                Noun("stack is", "stacks are").counted(cut)
            ));
        }
        if profile.beyond_limit != StackNumbers::default() {
            lacks.push(
                "there were more different stacks than can be told apart; the rest is one row".to_owned(),
            );
        }
        if lost_blocks > 0 {
            lacks.push(format!(
                "{} too many to be followed, with a release that is counted for no stack",
                Noun("block was", "blocks were").counted(lost_blocks)
            ));
        }
        if capture.unwinder == memgate_protocol::Unwinder::UnwindTables {
            lacks.push(
                "stacks were taken by unwind tables, since the executable keeps no frame pointers; that is slow"
                    .to_owned(),
            );
        }
        lacks
    }
}

/// Whether a module is mapped from a file, as far as paths tell.
fn is_file(module: &MappedModule, file: &Path) -> bool {
    let module_path = Path::new(&module.path);
    module_path == file
        || dunce::canonicalize(file).is_ok_and(|file| file == module_path)
        || module.path.strip_suffix(" (deleted)").is_some_and(|path| Path::new(path) == file)
}

fn modules(capture: &Capture) -> Vec<Module> {
    let module = |module: &MappedModule| Module {
        path: module.path.clone(),
        build_id: module.build_id.clone(),
        start: module.start,
        limit: module.limit,
        file_offset: module.file_offset,
    };
    capture.modules.iter().map(module).collect()
}

/// The stacks with those as one that differ only in the allocator's frames or the harness's.
fn merged(stacks: Vec<RecordedStack>) -> Vec<RecordedStack> {
    let mut places: HashMap<Vec<(u64, usize)>, usize> = HashMap::new();
    let mut merged: Vec<RecordedStack> = Vec::new();
    for stack in stacks {
        let key = stack.frames.iter().map(|frame| (frame.address, frame.functions.len())).collect();
        let place = *places.entry(key).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(same) => {
                same.numbers += stack.numbers;
                same.is_cut |= stack.is_cut;
            }
            None => merged.push(stack),
        }
    }
    merged
}

/// The stack of a node: from the node outwards.
fn stack(
    capture: &Capture,
    frames: &[Arc<PhysicalFrame>],
    left_out: &[Option<Arc<PhysicalFrame>>],
    number: u32,
    numbers: StackNumbers,
) -> RecordedStack {
    let mut taken = Vec::new();
    let mut next = number;
    while let Some(index) = next.checked_sub(node::FIRST).map(|index| index as usize)
        && let (Some(frame), Some(outer)) = (frames.get(index), capture.nodes.get(index))
    {
        taken.push(Arc::clone(frame));
        taken.extend(left_out.get(index).and_then(Clone::clone));
        next = outer.parent;
    }
    trim(&mut taken);
    RecordedStack { frames: taken, is_cut: next == node::CUT, numbers }
}
