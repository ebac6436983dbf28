//! Numbers of bytes as people write them.

/// The units, and how many bytes each has. Binary and decimal ones are both exact; none is guessed.
const UNITS: [(&str, i64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

/// A number of bytes: `"8 MiB"`, `"512 B"`, `"1.5 KiB"`, `"4096"`.
///
/// # Errors
/// What is wrong with it, and what was probably meant.
pub(super) fn parse_size(text: &str) -> Result<i64, String> {
    let trimmed = text.trim();
    if trimmed.starts_with('-') {
        return Err(format!("`{text}` is negative"));
    }
    let number_end = trimmed
        .find(|character: char| !character.is_ascii_digit() && !matches!(character, '.' | '_'))
        .unwrap_or(trimmed.len());
    let (number, unit) = (trimmed[..number_end].replace('_', ""), trimmed[number_end..].trim());
    let factor = if unit.is_empty() { 1 } else { factor(text, unit)? };
    let (whole, decimals) = number.split_once('.').unwrap_or((&number, ""));
    let invalid = || format!("`{text}` is no size; write it like \"8 MiB\", \"512 B\" or 4096");
    let digits: i64 = format!("{whole}{decimals}").parse().map_err(|_| invalid())?;
    if whole.is_empty() || (number.contains('.') && decimals.is_empty()) {
        return Err(invalid());
    }
    let scale = u32::try_from(decimals.len())
        .ok()
        .and_then(|places| 10_i64.checked_pow(places))
        .ok_or_else(invalid)?;
    let bytes = i128::from(digits) * i128::from(factor);
    if bytes % i128::from(scale) != 0 {
        return Err(format!("`{text}` is no whole number of bytes"));
    }
    i64::try_from(bytes / i128::from(scale)).map_err(|_| format!("`{text}` is too large"))
}

fn factor(text: &str, unit: &str) -> Result<i64, String> {
    if let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*factor);
    }
    let alike = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let alike = alike
        .or_else(|| UNITS.iter().find(|(name, _)| name.to_lowercase().starts_with(&unit.to_lowercase())));
    match alike {
        Some((name, _)) => Err(format!("`{text}` has the unknown unit `{unit}`; did you mean `{name}`?")),
        None => Err(format!(
            "`{text}` has the unknown unit `{unit}`; the units are B, KiB, MiB, GiB, TiB, kB, MB, GB, TB"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_exact() {
        let sizes =
            [("8 MiB", 8 << 20), ("512B", 512), ("1.5 KiB", 1_536), ("4096", 4_096), ("1_000 kB", 1_000_000)];
        for (text, bytes) in sizes {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn slips_are_named() {
        let problems = [
            ("8 Mib", "`8 Mib` has the unknown unit `Mib`; did you mean `MiB`?"),
            ("8 M", "`8 M` has the unknown unit `M`; did you mean `MiB`?"),
            (
                "8 parsec",
                "`8 parsec` has the unknown unit `parsec`; the units are B, KiB, MiB, GiB, TiB, kB, MB, GB, TB",
            ),
            ("-1 B", "`-1 B` is negative"),
            ("1.3 B", "`1.3 B` is no whole number of bytes"),
            ("", "`` is no size; write it like \"8 MiB\", \"512 B\" or 4096"),
            (".5 KiB", "`.5 KiB` is no size; write it like \"8 MiB\", \"512 B\" or 4096"),
            ("9999999999 GiB", "`9999999999 GiB` is too large"),
        ];
        for (text, problem) in problems {
            assert_eq!(parse_size(text), Err(problem.to_owned()), "{text}");
        }
    }
}
