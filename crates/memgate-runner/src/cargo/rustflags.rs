//! Which of the compiler's flags decide numbers.

use std::path::Path;

use cargo_metadata::cargo_platform::Cfg;

use crate::store::read_limited;

/// What decides no numbers, each followed by a value: lints and how they are said; where libraries are found and which are
/// linked; what is written, and where. `--remap-path-prefix` names a folder of one machine, and what depends on the length of a
/// path does so without it as well.
const INDIFFERENT: [&str; 20] = [
    "-A",
    "-D",
    "-F",
    "-L",
    "-W",
    "-l",
    "-o",
    "--allow",
    "--cap-lints",
    "--check-cfg",
    "--color",
    "--deny",
    "--diagnostic-width",
    "--emit",
    "--error-format",
    "--forbid",
    "--force-warn",
    "--json",
    "--remap-path-prefix",
    "--warn",
];

/// The same, without a value.
const INDIFFERENT_SWITCHES: [&str; 3] = ["-g", "-v", "--verbose"];

/// Options of `-C` that change how code is found, linked or described, and not what it does.
const INDIFFERENT_CODEGEN: [&str; 15] = [
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

/// Without what is known not to matter, the flags of the compiler: `-C opt-level=0`, `-C target-cpu=native`,
/// `--cfg tokio_unstable`. What is not known is kept as it stands: a flag too many makes numbers incomparable, and one too few
/// makes them lie.
pub(super) fn deciding(flags: &[String]) -> Vec<String> {
    let mut deciding = Vec::new();
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        let (name, attached) = named(flag);
        let mut value = || attached.map_or_else(|| flags.next().cloned().unwrap_or_default(), str::to_owned);
        match name {
            "-C" | "--codegen" => {
                let value = value();
                let option = value.split('=').next().unwrap_or_default().replace('_', "-");
                if !INDIFFERENT_CODEGEN.contains(&option.as_str()) {
                    deciding.push(format!("-C {value}"));
                }
            }
            "-Z" | "--cfg" => deciding.push(format!("{name} {}", value())),
            name if INDIFFERENT.contains(&name) => drop(value()),
            _ if INDIFFERENT_SWITCHES.contains(&flag.as_str()) => {}
            _ => deciding.push(flag.clone()),
        }
    }
    deciding
}

/// A flag's name, and the value that is written in one word with it.
fn named(flag: &str) -> (&str, Option<&str>) {
    if flag.starts_with("--") {
        return flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
    }
    match flag.split_at_checked(2) {
        Some((name, value)) if flag.starts_with('-') && !value.is_empty() => (name, Some(value)),
        _ => (flag, None),
    }
}

/// The flags with what files of arguments (`@file`) have in them, an argument on a line, in their place.
///
/// Handed on like this, cargo compiles again what was compiled with other arguments, which it does not when a file changes. A
/// file that can't be read stays as it is, and the compiler will say why; as does a long one, which could not be handed on.
pub(super) fn expanded(flags: Vec<String>, folder: &Path) -> Vec<String> {
    const MAXIMUM_BYTES: u64 = 1 << 16;
    let arguments = |flag: &str| {
        let bytes = read_limited(&folder.join(flag.strip_prefix('@')?), MAXIMUM_BYTES).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        Some(text.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    flags.into_iter().flat_map(|flag| arguments(&flag).unwrap_or_else(|| vec![flag])).collect()
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
        let flags = deciding_of(line);
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

    fn deciding_of(line: &str) -> Vec<String> {
        deciding(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_not_known_is_kept() {
        assert_eq!(deciding_of("-O -g --sysroot /x -v"), ["-O", "--sysroot", "/x"]);
        assert_eq!(deciding_of("@flags.txt --edition=2024"), ["@flags.txt", "--edition=2024"]);
        let indifferent = "-Adead_code -L native=/x -lfoo --cap-lints warn --check-cfg=cfg(a) -W unused \
                           --remap-path-prefix=/a=/b --verbose --color always";
        assert_eq!(deciding_of(indifferent), [""; 0]);
        assert_eq!(deciding_of("-vO é"), ["-vO", "é"]);
    }

    #[test]
    fn arguments_are_taken_from_their_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("flags"), "--cfg\r\nheavy=\"a b\"\n@flags\n").unwrap();
        std::fs::write(folder.path().join("long"), vec![b'x'; 1 << 17]).unwrap();
        let flags = ["-O", "@flags", "@absent", "@long"].map(str::to_owned).to_vec();
        let expected = ["-O", "--cfg", "heavy=\"a b\"", "@flags", "@absent", "@long"];
        assert_eq!(expanded(flags, folder.path()), expected);
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
