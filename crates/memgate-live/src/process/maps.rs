//! The lines of `/proc/self/maps`.

/// A part of the address space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) start: u64,
    pub(crate) limit: u64,
    pub(crate) is_executable: bool,
    pub(crate) file_offset: u64,
    /// The file, or a name in brackets; empty for none.
    pub(crate) path: String,
    /// Whether the file has been removed or replaced since.
    pub(crate) is_deleted: bool,
}

/// All lines that are what they should be.
pub(crate) fn parse_maps(text: &str) -> Vec<Region> {
    text.lines().filter_map(region).collect()
}

fn region(line: &str) -> Option<Region> {
    // Five fields with one space between them, then spaces, then the path with whatever is in it.
    let mut fields = line.splitn(6, ' ');
    let (start, limit) = fields.next()?.split_once('-')?;
    let permissions = fields.next()?;
    let file_offset = fields.next()?;
    let _device = fields.next()?;
    let _inode = fields.next()?;
    let path = fields.next().unwrap_or_default().trim_start_matches(' ');
    let (path, is_deleted) = match path.strip_suffix(" (deleted)") {
        Some(path) => (path, true),
        None => (path, false),
    };
    Some(Region {
        start: u64::from_str_radix(start, 16).ok()?,
        limit: u64::from_str_radix(limit, 16).ok()?,
        is_executable: permissions.contains('x'),
        file_offset: u64::from_str_radix(file_offset, 16).ok()?,
        // The kernel's only escape.
        path: path.replace("\\012", "\n"),
        is_deleted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_what_their_paths_have_in_them() {
        let text = "\
55d0c0a00000-55d0c0a14000 r--p 00000000 fe:01 1234                       /srv/a b
55d0c0a14000-55d0c0a80000 r-xp 00014000 fe:01 1234                       /srv/a b (deleted)
7ffd0d9f0000-7ffd0d9f2000 r-xp 00000000 00:00 0                          [vdso]
7f0000000000-7f0000001000 rw-p 00000000 00:00 0
garbage
zz-10 r-xp 0 0 0
";
        let regions = parse_maps(text);
        let rows: Vec<_> = regions
            .iter()
            .map(|region| (region.path.as_str(), region.is_executable, region.is_deleted, region.file_offset))
            .collect();
        assert_eq!(
            rows,
            [
                ("/srv/a b", false, false, 0),
                ("/srv/a b", true, true, 0x14000),
                ("[vdso]", true, false, 0),
                ("", false, false, 0)
            ]
        );
        assert_eq!((regions[1].start, regions[1].limit), (0x55d0_c0a1_4000, 0x55d0_c0a8_0000));
    }
}
