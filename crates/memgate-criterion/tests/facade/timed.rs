//! The process that the tool starts to take times.

use crate::command_line::files;
use crate::runner::cases;
use crate::suite_process::process;

cases!(what_the_code_sets_does_not_hide_a_time_from_the_tool,);

fn what_the_code_sets_does_not_hide_a_time_from_the_tool() {
    for name in ["one", "two", "three"] {
        let [home, elsewhere] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let output = process("set in the code")
            .args(["--bench", "--noplot", "--save-baseline", "x", "--exact", "--", name])
            .env("CRITERION_HOME", home.path())
            .env("ELSEWHERE", elsewhere.path())
            .env("MEMGATE_TIMES", "warm_up_ms=10,measurement_ms=20,samples=10")
            .output()
            .expect("it can be started");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let written = files(home.path());
        assert!(written.contains(&format!("{name}/x/estimates.json")), "{name}: {written:#?}");
        let others = |path: &&String| path.ends_with("estimates.json") && !path.starts_with(name);
        assert_eq!(written.iter().find(others), None, "{name}");
        assert!(files(elsewhere.path()).is_empty(), "{name}");
    }
}
