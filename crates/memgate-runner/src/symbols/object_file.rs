//! One executable or shared library, and what it says of addresses in it.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use addr2line::Loader;
use memgate_report::sites::{Function, Origin};
use object::{Object, ObjectSegment, ReadCache};

use super::calls::Calls;
use super::origin::{SourceRoots, origin_of, shown_file};

/// An executable or shared library that has been opened.
pub(super) struct ObjectFile {
    loader: Option<Loader>,
    segments: Vec<Segment>,
    calls: Calls,
    pub(super) build_id: String,
    pub(super) length: u64,
    pub(super) has_debug_information: bool,
}

/// A part of the file that is mapped as a whole.
struct Segment {
    address: u64,
    file_offset: u64,
    file_size: u64,
}

impl ObjectFile {
    /// Opens a file. What can't be read has no symbols, and is not an error here.
    pub(super) fn open(path: &Path) -> Self {
        let mut opened = Self {
            loader: Loader::new(path).ok(),
            segments: Vec::new(),
            calls: Calls::none(),
            build_id: String::new(),
            length: 0,
            has_debug_information: false,
        };
        let Ok(file) = File::open(path) else { return opened };
        opened.length = file.metadata().map_or(0, |metadata| metadata.len());
        let cache = ReadCache::new(file);
        let Ok(object) = object::File::parse(&cache) else { return opened };
        let build_id = object.build_id().ok().flatten().unwrap_or_default();
        opened.build_id = build_id.iter().map(|byte| format!("{byte:02x}")).collect();
        opened.has_debug_information = object.has_debug_symbols();
        let segments = object.segments().map(|segment| {
            let (file_offset, file_size) = segment.file_range();
            Segment { address: segment.address(), file_offset, file_size }
        });
        opened.segments = segments.collect();
        opened.calls = Calls::of(&object);
        opened
    }

    /// The address that the file itself gives to what lies at an offset of it.
    pub(super) fn address_of(&self, file_offset: u64) -> Option<u64> {
        let segment = self.segments.iter().find(|segment| {
            (segment.file_offset..segment.file_offset + segment.file_size).contains(&file_offset)
        })?;
        Some(file_offset - segment.file_offset + segment.address)
    }

    /// The functions at an address, innermost first; empty when nothing is known.
    pub(super) fn functions(&self, address: u64, roots: &SourceRoots) -> Vec<Function> {
        let Some(loader) = &self.loader else { return Vec::new() };
        let symbol = || loader.find_symbol(address).map(demangled);
        let mut functions = Vec::new();
        if let Ok(mut frames) = loader.find_frames(address) {
            while let Ok(Some(frame)) = frames.next() {
                let name = frame.function.as_ref().and_then(|function| function.raw_name().ok());
                // A unit with line tables only has a file, and no function.
                let name = name.map(|name| demangled(&name)).or_else(&symbol);
                let Some(name) = name else { continue };
                let file = frame.location.as_ref().and_then(|location| location.file);
                functions.push(Function {
                    origin: origin_of(&name, file, roots),
                    name: Arc::from(name),
                    file: file.map(|file| Arc::from(shown_file(file, roots))),
                    line: frame.location.as_ref().and_then(|location| location.line).unwrap_or(0),
                });
            }
        }
        if functions.is_empty() {
            let origin = |name: &str| origin_of(name, None, roots);
            functions.extend(symbol().map(|name| Function {
                origin: origin(&name),
                name: Arc::from(name),
                file: None,
                line: 0,
            }));
        }
        functions
    }

    /// The function that a call has called which returns to `returns_to`, where that is another one than the function at
    /// `inner`: it ended by a jump to that, and left no frame.
    pub(super) fn called_before(&self, returns_to: u64, inner: u64) -> Option<u64> {
        let symbol_at = |address| self.loader.as_ref()?.find_symbol_info(address);
        let target = self.calls.target(returns_to)?;
        let (called, inner) = (symbol_at(target)?, symbol_at(inner)?);
        (called.address() == target && inner.address() != target && inner.name() != called.name())
            .then_some(target)
    }

    /// A function for an address of which nothing is known.
    pub(super) fn unknown(path: &str, address: u64) -> Function {
        let file = path.rsplit('/').next().unwrap_or(path);
        let place = if file.is_empty() { String::new() } else { format!(" ({file})") };
        Function {
            name: Arc::from(format!("{address:#x}{place}")),
            file: None,
            line: 0,
            origin: Origin::Unknown,
        }
    }
}

/// A name as people write it: Rust's without its hash, C++'s without its parameters, and any other as it is.
fn demangled(name: &str) -> String {
    if let Ok(name) = rustc_demangle::try_demangle(name) {
        return format!("{name:#}");
    }
    let options = cpp_demangle::DemangleOptions::new().no_params().no_return_type();
    let parsed = cpp_demangle::Symbol::new(name).ok();
    parsed.and_then(|symbol| symbol.demangle_with_options(&options).ok()).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_language_are_as_people_write_them() {
        assert_eq!(demangled("_RNvCskwGfYPst2Cb_3foo3bar"), "foo::bar");
        assert_eq!(demangled("_ZN3foo3bar17h05af221e174051e9E"), "foo::bar");
        assert_eq!(demangled("_ZN2v88internal7Isolate3NewEv"), "v8::internal::Isolate::New");
        assert_eq!(demangled("_Znwm"), "operator new");
        assert_eq!(demangled("xmalloc"), "xmalloc");
        assert_eq!(demangled("_Zno name"), "_Zno name");
    }
}
