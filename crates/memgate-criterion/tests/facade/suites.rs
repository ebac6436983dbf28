//! The bench binaries that the tests start.

use std::process::ExitCode;

use crate::{forms, mains, through_criterion, through_facade};

pub(crate) fn main(name: &str) -> ExitCode {
    let main: fn() = match name {
        "native" => return forms::native().main(),
        "forms" => forms::MAIN,
        "names" => mains::names::MAIN,
        "one name" => mains::one_name::MAIN,
        "failing" => mains::failing::MAIN,
        "by hand" => mains::by_hand::main,
        "deaf" => mains::deaf::main,
        "set in the code" => mains::set_in_the_code::main,
        "nothing" => || memgate_criterion::Criterion::default().final_summary(),
        "through criterion" => through_criterion::shared_source::MAIN,
        "through facade" => through_facade::shared_source::MAIN,
        name => panic!("no suite is named {name}"),
    };
    main();
    ExitCode::SUCCESS
}
