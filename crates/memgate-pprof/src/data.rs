//! What a profile is put together of.

/// An object that was mapped into the process: its executable part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// Its first address.
    pub start: u64,
    /// The address after its last.
    pub limit: u64,
    /// Where its first byte is in the file.
    pub file_offset: u64,
    /// The file.
    pub path: &'a str,
    /// In hexadecimal digits; empty where the file has none.
    pub build_id: &'a str,
    /// Whether its locations have their lines already, inlined functions included. Otherwise readers look for symbols, each in
    /// its own way.
    pub is_symbolized: bool,
}

/// A function that a location is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Line<'a> {
    /// The function, as it is shown.
    pub function: &'a str,
    /// Its file; may be empty.
    pub file: &'a str,
    /// The line that is executed; may be zero.
    pub line: u32,
}

/// What is said once of a whole profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary<'a> {
    /// When it was taken, in nanoseconds since 1970; zero for none.
    pub time_nanoseconds: u64,
    /// What time it covers; zero where it is a state.
    pub duration_nanoseconds: u64,
    /// Of what there is one sample in each period, and in which unit.
    pub period_type: (&'a str, &'a str),
    /// The mean distance of two samples.
    pub period: u64,
    /// What is shown first: the name of a sample type.
    pub default_sample_type: &'a str,
    /// What `pprof -comments` shows.
    pub comments: &'a [String],
}
