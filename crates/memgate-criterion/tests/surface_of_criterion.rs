//! Every public item of criterion, as criterion has it. What this compiles, the facade has to compile.

mod surface;
