//! The threads of this process, as the kernel lists them.

/// Their numbers, in order. None where there is no `/proc`.
pub(crate) fn thread_ids() -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    let number = |entry: std::io::Result<std::fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    let mut threads: Vec<u32> = entries.filter_map(number).collect();
    threads.sort_unstable();
    threads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_thread_has_the_number_of_the_process() {
        assert!(thread_ids().binary_search(&std::process::id()).is_ok());
        assert!(thread_ids().is_sorted());
    }
}
