//! The functions that return addresses lie in.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use memgate_protocol::capture::Capture;
use object::{Object, ObjectSegment, ObjectSymbol, SymbolKind};

/// The functions of a program that has been recorded.
pub(crate) struct Functions {
    /// By the address at which they begin in the file's own view.
    by_start: Vec<(u64, u64, String)>,
    /// Where parts of the program's file were mapped to, and the offset in the file of each.
    parts: Vec<(Range<u64>, u64)>,
    /// Which part of the file holds what, in the file's own view of addresses.
    segments: Vec<(Range<u64>, u64)>,
}

impl Functions {
    /// The functions of the program at `executable`.
    pub(crate) fn of(capture: &Capture, executable: &Path) -> Self {
        let bytes = std::fs::read(executable).expect("the program is there");
        let file = object::File::parse(&*bytes).expect("the program is an executable");
        let name = executable.file_name();
        let modules = capture.modules.iter().filter(|module| Path::new(&module.path).file_name() == name);
        let parts: Vec<_> = modules.map(|module| (module.start..module.limit, module.file_offset)).collect();
        let segments = file.segments().map(|segment| {
            let (offset, length) = segment.file_range();
            (offset..offset + length, segment.address())
        });
        let functions = file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text);
        let mut by_start: Vec<_> = functions
            .filter_map(|symbol| Some((symbol.address(), symbol.size(), symbol.name().ok()?.to_owned())))
            .collect();
        by_start.sort_unstable();
        assert!(!parts.is_empty(), "the program was mapped: {:?}", capture.modules);
        Self { by_start, parts, segments: segments.collect() }
    }

    /// The function that returns to `address`.
    fn named(&self, address: u64) -> Option<&str> {
        // The call lies before the address that it returns to, which may be the next function's.
        let call = address - 1;
        let (range, file_offset) = self.parts.iter().find(|(range, _)| range.contains(&call))?;
        let offset = call - range.start + file_offset;
        let (range, start) = self.segments.iter().find(|(range, _)| range.contains(&offset))?;
        let call = offset - range.start + start;
        let after = self.by_start.partition_point(|(start, _, _)| *start <= call);
        let (start, size, name) = self.by_start.get(after.checked_sub(1)?)?;
        (call < start + size).then_some(name)
    }

    /// The program's own functions on a stack, from the outer end: those whose names begin with `fixture_`.
    pub(crate) fn path(&self, addresses: &[u64]) -> String {
        let names = addresses.iter().filter_map(|address| self.named(*address));
        names.filter(|name| name.starts_with("fixture_")).collect::<Vec<_>>().join(" > ")
    }

    /// How often each function is on a stack.
    pub(crate) fn occurrences(&self, addresses: &[u64]) -> HashMap<&str, usize> {
        let mut occurrences = HashMap::new();
        for name in addresses.iter().filter_map(|address| self.named(*address)) {
            *occurrences.entry(name).or_default() += 1;
        }
        occurrences
    }
}
