//! The programs that a step finds: the tool as it was built for these tests, and in front of whatever would be slow, or
//! would leave the machine, something that plays it.

use std::path::{Path, PathBuf};

use crate::github::TOKEN;

/// A program on the path of whoever runs the tests.
pub(super) fn real(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let found =
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("there is no {name}"))
}

/// What git has to be told where the repository is private, as `actions/checkout` has it.
const HEADER: &str =
    "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzXzAxMjM0NTY3ODlhYmNkZWZUaGlzSXNUaGVTZWNyZXQ=";

/// Writes the programs into a folder. What they look at and leave is in `played`.
pub(super) fn write(folder: &Path, played: &Path) {
    let cargo = std::env::var_os("CARGO").map_or_else(|| real("cargo"), PathBuf::from);
    let (cargo, git) = (cargo.display().to_string(), real("git").display().to_string());
    let played = played.display();
    let tool = env!("CARGO_BIN_EXE_cargo-memgate");
    let program = |name: &str, script: &str| {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/usr/bin/env bash\nset -eu\n{script}")).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    };
    // Measuring takes what the test has put there for the target or the shard.
    program(
        "cargo",
        &format!(
            r#"
            comment="run --quiet --manifest-path xtask/Cargo.toml --features memgate-runner/github -- memgate"
            case "$*" in
                "xtask memgate "*) shift 2 ;;
                "memgate "*) shift 1 ;;
                "$comment "*) shift 8 ;;
                "install --locked memgate-runner@"*) echo "$*" >> {played}/calls; exit 0 ;;
                metadata*) exec {cargo} "$@" ;;
                *) echo "the tests do not know this yet: cargo $*" >&2; exit 97 ;;
            esac
            echo "$*" >> {played}/calls
            if [ "$*" = "comment --help" ] || [ "$1" != comment ]; then
                case "$(env)" in
                    *{TOKEN}* | *"{HEADER}"*) echo "$*" >> {played}/leaks ;;
                esac
            fi
            case "$1" in
                check | run)
                    name=${{TARGET:-}}
                    name=${{name:-${{SHARD:+shard-$SHARD}}}}
                    name=${{name:-${{ARTIFACT#memgate-}}}}
                    file=
                    previous=
                    for word in "$@"; do
                        if [ "$previous" = --output ]; then file=${{word#json:}}; fi
                        previous=$word
                    done
                    if [ -e {played}/"$name.$1.json" ]; then cp {played}/"$name.$1.json" "$file"; fi
                    exit "$(cat {played}/"$name.code" 2>/dev/null || echo 0)" ;;
                *) exec {tool} memgate "$@" ;;
            esac
            "#
        ),
    );
    // A private repository, and somebody who pushes first.
    program(
        "git",
        &format!(
            r#"
            words=("$@")
            given="${{GIT_CONFIG_KEY_0:-}}=${{GIT_CONFIG_VALUE_0:-}}"
            if [ "$1" = -c ]; then given="http.$GITHUB_SERVER_URL/.extraheader=${{2#http.extraheader=}}"; words=("${{@:3}}"); fi
            case "${{words[0]}}" in
                fetch | push | ls-remote)
                    if [ "$given" != "http.$GITHUB_SERVER_URL/.extraheader={HEADER}" ]; then
                        echo "fatal: could not read Username for 'https://github.com': terminal prompts disabled" >&2
                        exit 128
                    fi ;;
            esac
            if [ -e {played}/unreachable ]; then
                echo "fatal: unable to access 'https://github.com/': Could not resolve host" >&2
                exit 128
            fi
            if [ "${{words[0]}}" = push ] && [ -e {played}/before-push ]; then
                mv {played}/before-push {played}/pushes-first
                bash -eu {played}/pushes-first
            fi
            exec {git} "${{words[@]}}"
            "#
        ),
    );
    // Answers one question each, as the test has put it there.
    program(
        "gh",
        &format!(
            r##"
            [ "$GH_TOKEN" = {TOKEN} ]
            case "$*" in
                "api --paginate --method GET repos/upstream/library/pulls --raw-field state=open --raw-field head=fork:topic --jq .[] | select(.head.sha == env.HEAD_SHA) | .number")
                    exec cat {played}/pulls ;;
                "api --paginate repos/upstream/library/issues/5/comments --jq .[].body | select(startswith(\"<!-- memgate \")) | \"one\"")
                    exec cat {played}/comments ;;
                *) echo "the tests do not know this yet: gh $*" >&2; exit 97 ;;
            esac
            "##
        ),
    );
    program("rustup", "");
    program("sleep", "");
}
