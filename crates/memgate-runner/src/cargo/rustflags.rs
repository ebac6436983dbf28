//! Which of the compiler's flags decide numbers.

use cargo_metadata::cargo_platform::Cfg;

/// The flags that decide what code the compiler makes: `-C opt-level=0`, `-C target-cpu=native`, `--cfg tokio_unstable`.
/// Lints, debug information and linking decide no numbers.
pub(super) fn deciding(flags: &[String]) -> Vec<String> {
    /// Options of `-C` that change how code is found, linked or described, and not what it does.
    const INDIFFERENT: [&str; 15] = [
        "debuginfo",
        "extra-filename",
        "force-frame-pointers",
        "incremental",
        "link-arg",
        "link-args",
        "link-self-contained",
        "linker",
        "linker-flavor",
        "metadata",
        "remark",
        "save-temps",
        "split-debuginfo",
        "strip",
        "symbol-mangling-version",
    ];
    let mut deciding = Vec::new();
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        let (kind, attached) = match flag.as_str() {
            "-C" | "--codegen" => ("-C", flags.next().cloned().unwrap_or_default()),
            "-Z" => ("-Z", flags.next().cloned().unwrap_or_default()),
            "--cfg" => ("--cfg", flags.next().cloned().unwrap_or_default()),
            _ => match flag.split_at_checked(2) {
                Some(("-C", option)) => ("-C", option.to_owned()),
                Some(("-Z", option)) => ("-Z", option.to_owned()),
                _ => match flag.split_once('=') {
                    Some(("--codegen", option)) => ("-C", option.to_owned()),
                    Some(("--cfg", option)) => ("--cfg", option.to_owned()),
                    _ => continue,
                },
            },
        };
        let name = attached.split('=').next().unwrap_or_default().replace('_', "-");
        if !(kind == "-C" && INDIFFERENT.contains(&name.as_str())) {
            deciding.push(format!("{kind} {attached}"));
        }
    }
    deciding
}

/// What flags make true of `cfg(…)`.
pub(super) fn cfg(flags: &[String]) -> Vec<Cfg> {
    deciding(flags).iter().filter_map(|flag| flag.strip_prefix("--cfg ")?.parse().ok()).collect()
}

/// A triple as it stands in the names of variables.
pub(super) fn variable_part(target: &str) -> String {
    target.to_uppercase().replace(['-', '.'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_decides_numbers_is_kept() {
        let line = "-D warnings -Copt-level=0 -C target-cpu=native --cfg tokio_unstable -Clink-arg=-fuse-ld=lld \
                    --codegen=lto -C debuginfo=2 -Zthreads=8 -A dead_code --cfg=loom -Cforce_frame_pointers=yes";
        let flags = deciding(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let expected = [
            "-C opt-level=0",
            "-C target-cpu=native",
            "--cfg tokio_unstable",
            "-C lto",
            "-Z threads=8",
            "--cfg loom",
        ];
        assert_eq!(flags, expected);
    }

    #[test]
    fn what_flags_make_true_is_kept() {
        let flags = ["--cfg", "loom", "-Copt-level=0", "--cfg=kind=\"heap\""].map(str::to_owned);
        let cfg: Vec<String> = cfg(&flags).iter().map(ToString::to_string).collect();
        assert_eq!(cfg, ["loom", "kind = \"heap\""]);
    }

    #[test]
    fn triples_become_parts_of_names() {
        assert_eq!(variable_part("wasm32-wasip1.x"), "WASM32_WASIP1_X");
    }
}
