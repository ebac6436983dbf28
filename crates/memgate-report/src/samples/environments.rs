//! Data that the tests of several rooms begin with.

use std::collections::BTreeMap;

use crate::model::{Environment, Profile};

pub fn environment() -> Environment {
    Environment {
        allocator: "std::alloc::System".into(),
        commands: BTreeMap::new(),
        features: vec!["default".into(), "std".into()],
        probe: 1,
        profile: Profile {
            codegen_units: None,
            debug_assertions: false,
            lto: "false".into(),
            name: "bench".into(),
            opt_level: "3".into(),
            overflow_checks: false,
            packages: Vec::new(),
            panic: "unwind".into(),
        },
        rustc: "1.95.0 (59807616e 2026-04-14)".into(),
        rustflags: Vec::new(),
        target: "x86_64-unknown-linux-gnu".into(),
    }
}
