//! `selftest`: regressions on purpose, each of which has to be red.

use memgate_report::rules::Policy;
use memgate_report::selftest::{is_trusted, render_selftest};

use super::arguments::MeasureArguments;
use super::output::write_fitted;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::process::Interrupt;
use crate::session::{Project, SelfTest, say_gaps};

/// Do regressions on purpose, one at a time, and require a red verdict for each on every selected benchmark.
///
/// The benchmarks are measured as they are, which is the baseline of this test: the committed one is not looked at, and
/// nothing is written. Then they are measured with more allocations in every window, with a higher peak, with a block that is
/// never freed, and with more reallocs, each time with the least that is above the limits of memgate.toml: one call or one
/// byte where any rise is too much, 257 bytes of peak where 256 are allowed. At last they are measured as they are again, and
/// have to be green. What no limit gates is not tried, and said. Exits with 0 when the gate was right every time, and with
/// 101 when it was not.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct SelftestArguments {
    #[command(flatten)]
    measure: MeasureArguments,
}

pub(super) fn selftest(arguments: &SelftestArguments, command: &str) -> Result<ExitCode, Error> {
    let request = arguments.measure.request()?;
    request.refuse_partition("selftest", "name benchmarks or packages instead")?;
    let project = Project::load(&request)?;
    // A long run would look for the injected bytes in thousands of iterations, and find no more than three windows do.
    let options = request.options(&project.config).without_long_run();
    let (interrupt, console) = (Interrupt::listen(), Console::new(request.quiet));
    let listed = project.list_benchmarks(&request, &options, &interrupt, &[])?;
    project.check_selection(&request.selection, &listed.parts, command)?;
    say_gaps(&listed.left_out, &request.selection);
    let test = SelfTest {
        listed: &listed,
        selection: &request.selection,
        options: &options,
        folder: project.scratch_folder(),
        interrupt: &interrupt,
        alone: &project.config.alone,
        console: &console,
        policy: Policy { waivers: Vec::new(), ..project.config.policy },
    };
    let judged = test.judge()?;
    write_fitted(&render_selftest(&judged))?;
    Ok(if is_trusted(&judged) { ExitCode::Passed } else { ExitCode::Failed })
}
