//! A program that is asked something, as cargo is: all that it prints is kept, and it is ended with the tool.

use std::io::Read;
use std::process::{Command, Output, Stdio};

use super::Followed;

/// Far above what cargo says of any workspace, in bytes.
const MAXIMUM_BYTES: usize = 1 << 28;
const CHUNK_BYTES: usize = 1 << 16;

/// Runs a program that reads nothing to its end, and gives all that it printed.
///
/// As [`Command::output`], but for this: a program that hangs ends when the user asks the tool to end, or the tool is gone;
/// nobody waits for what it has left running with its output in hand; and one that prints without end is ended.
///
/// # Errors
/// When it can't be started or prints too much, or the user asks the tool to end.
pub(crate) fn ask(mut command: Command) -> std::io::Result<Output> {
    command.stderr(Stdio::piped());
    let mut program = Followed::spawn(command)?;
    let [stdout, stderr] = read_all(&mut program)?;
    Ok(Output { status: program.wait()?, stdout, stderr })
}

/// Both streams at once, since a program that can't write the one does not go on with the other.
#[cfg(unix)]
fn read_all(program: &mut Followed) -> std::io::Result<[Vec<u8>; 2]> {
    use rustix::event::{PollFd, PollFlags};

    use super::followed::is_any_readable;

    let mut texts = [Vec::new(), Vec::new()];
    let mut streams = program.streams().map(|streams| streams.map(Some)).unwrap_or_default();
    let mut chunk = vec![0; CHUNK_BYTES];
    while streams.iter().any(Option::is_some) {
        let open = streams.iter().flatten();
        let mut polled: Vec<PollFd<'_>> = open.map(|stream| PollFd::new(stream, PollFlags::IN)).collect();
        // Asked first: what it prints last and ends with would be missed between the two.
        let has_ended = program.has_ended()?;
        if !is_any_readable(&mut polled)? {
            // Whatever it had printed would be readable. Others may have its output and go on.
            if has_ended {
                break;
            }
            continue;
        }
        let mut ready =
            polled.iter().map(|polled| !polled.revents().is_empty()).collect::<Vec<_>>().into_iter();
        for (stream, text) in streams.iter_mut().zip(&mut texts) {
            let Some(open) = stream.as_mut().filter(|_| ready.next() == Some(true)) else { continue };
            match open.read(&mut chunk)? {
                0 => *stream = None,
                read => keep(text, &chunk[..read])?,
            }
        }
    }
    Ok(texts)
}

/// Elsewhere, nothing says which of two streams can be read.
#[cfg(not(unix))]
fn read_all(program: &mut Followed) -> std::io::Result<[Vec<u8>; 2]> {
    fn read(mut stream: impl Read) -> std::io::Result<Vec<u8>> {
        let (mut text, mut chunk) = (Vec::new(), vec![0; CHUNK_BYTES]);
        loop {
            match stream.read(&mut chunk)? {
                0 => return Ok(text),
                read => keep(&mut text, &chunk[..read])?,
            }
        }
    }
    let Some([stdout, stderr]) = program.streams() else { return Ok([Vec::new(), Vec::new()]) };
    std::thread::scope(|scope| {
        let stderr = scope.spawn(|| read(stderr));
        let stdout = read(stdout)?;
        let stderr =
            stderr.join().unwrap_or_else(|_| Err(std::io::Error::other("its output was not read")))?;
        Ok([stdout, stderr])
    })
}

fn keep(text: &mut Vec<u8>, chunk: &[u8]) -> std::io::Result<()> {
    if text.len() + chunk.len() > MAXIMUM_BYTES {
        return Err(std::io::Error::other(format!("it printed more than {} MiB", MAXIMUM_BYTES >> 20)));
    }
    text.extend_from_slice(chunk);
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::PoisonError;

    use super::*;
    use crate::process::interrupt::UNDISTURBED;

    fn ask_shell(script: &str) -> std::io::Result<Output> {
        let _undisturbed = UNDISTURBED.lock().unwrap_or_else(PoisonError::into_inner);
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        ask(command)
    }

    #[test]
    fn both_streams_are_kept_however_long_and_the_status() {
        let script = "i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo \"out of line $i and so on and on\"; \
                      echo \"error of line $i and so on and on\" >&2; done; cat; exit 7";
        let output = ask_shell(script).unwrap();
        assert_eq!(output.status.code(), Some(7));
        for (text, last) in [
            (output.stdout, "out of line 3000 and so on and on\n"),
            (output.stderr, "error of line 3000 and so on and on\n"),
        ] {
            let text = String::from_utf8(text).unwrap();
            assert!(text.lines().count() == 3000 && text.ends_with(last), "{text}");
        }
    }

    #[test]
    fn nobody_waits_for_what_it_has_left_running() {
        let began = std::time::Instant::now();
        let output = ask_shell("sleep 300 & echo $!; echo answer").unwrap();
        assert!(began.elapsed() < std::time::Duration::from_secs(100));
        let text = String::from_utf8(output.stdout).unwrap();
        let (sleeping, answer) = text.split_once('\n').unwrap();
        assert_eq!(answer, "answer\n");
        let sleeping = rustix::process::Pid::from_raw(sleeping.parse().unwrap()).unwrap();
        rustix::process::kill_process(sleeping, rustix::process::Signal::KILL).unwrap();
    }

    #[test]
    fn one_that_prints_without_end_is_ended() {
        let problem = ask_shell("exec cat /dev/zero").unwrap_err();
        assert_eq!(problem.to_string(), "it printed more than 256 MiB");
    }
}
