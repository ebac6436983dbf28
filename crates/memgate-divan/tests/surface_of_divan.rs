//! Every public item of divan, as divan has it. What this compiles, the facade has to compile.

mod surface;
