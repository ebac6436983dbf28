//! What the kernel says of one thread.

use std::path::{Path, PathBuf};

use crate::process::read_bounded;
use crate::signals::Obstacle;

/// Lines of a few hundred bytes.
const MOST_BYTES: u64 = 4 << 10;
/// The kernel counts time for users in hundredths of a second (`sysconf(_SC_CLK_TCK)`, which is 100 on every system of ours).
const NANOSECONDS_EACH_TICK: u64 = 10_000_000;

/// One thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Thread {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) state: &'static str,
    pub(super) processor_nanoseconds: u64,
    /// Why it can't be asked where it is, once somebody has looked.
    pub(super) obstacle: Option<Obstacle>,
}

/// Asks about a thread of this process. None when it is gone.
pub(super) fn thread(id: u32) -> Option<Thread> {
    let folder = PathBuf::from(format!("/proc/self/task/{id}"));
    let text = |name: &str| read_bounded(&folder.join(Path::new(name)), MOST_BYTES);
    parse(id, &text("stat")?, text("schedstat").as_deref())
}

fn parse(id: u32, stat: &str, schedstat: Option<&str>) -> Option<Thread> {
    // The name is between the first and the last of the parentheses: it may have some itself.
    let (_, rest) = stat.split_once('(')?;
    let (name, rest) = rest.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    // To the nanosecond, where the kernel counts so.
    let exact = schedstat.and_then(|text| text.split_ascii_whitespace().next()?.parse().ok());
    Some(Thread {
        id,
        name: name.to_owned(),
        state: match *fields.first()? {
            "R" => "running",
            "S" => "sleeping",
            "D" => "waiting for a device",
            "T" | "t" => "stopped",
            "Z" | "X" | "x" => "ended",
            "I" => "idle",
            _ => "in another state",
        },
        processor_nanoseconds: exact.unwrap_or((ticks(11) + ticks(12)) * NANOSECONDS_EACH_TICK),
        obstacle: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 7 3 0 0 20 0 1 0 100 0 0";

    #[test]
    fn the_name_may_have_parentheses_and_time_is_as_exact_as_the_kernel_is() {
        let thread = parse(42, STAT, Some("123456 7 8\n")).unwrap();
        let expected = Thread {
            id: 42,
            name: "a) b (c".to_owned(),
            state: "sleeping",
            processor_nanoseconds: 123_456,
            obstacle: None,
        };
        assert_eq!(thread, expected);
        let thread = parse(42, STAT, None).unwrap();
        assert_eq!((thread.processor_nanoseconds, thread.obstacle), (100_000_000, None));
        for (letter, state) in
            [("R", "running"), ("D", "waiting for a device"), ("t", "stopped"), ("?", "in another state")]
        {
            assert_eq!(parse(42, &STAT.replace(" S ", &format!(" {letter} ")), None).unwrap().state, state);
        }
        assert_eq!(parse(42, "garbage", None), None);
    }

    #[test]
    fn this_thread_is_running() {
        let found = thread(std::process::id()).unwrap();
        assert_eq!(found.id, std::process::id());
        assert_eq!(thread(u32::MAX), None);
    }
}
