//! What pprof asks about symbols, and what it reads as the answer: `0x1+0x2`, and a line for each.

use std::collections::HashMap;
use std::fmt::Write;

/// The addresses of a question, each as often as it is asked for. What is no number is left out, as in Go.
pub(crate) fn addresses_of(question: &str) -> Vec<u64> {
    let number = |text: &str| {
        let text = text.trim();
        match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        }
    };
    question.split('+').filter_map(number).collect()
}

/// The answer. Names stay mangled: pprof demangles them itself, whole, and shortens what it is given demangled.
pub(crate) fn answer(addresses: &[u64], names: &HashMap<u64, String>, has_symbols: bool) -> String {
    // Only whether it is zero means anything.
    let mut text = format!("num_symbols: {}\n", u8::from(has_symbols));
    for address in addresses {
        if let Some(name) = names.get(address) {
            let _ = writeln!(text, "{address:#x} {name}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers_are_those_of_pprof() {
        assert_eq!(addresses_of("0x10+0xff+17+\n+zz+0x"), [16, 255, 17]);
        assert_eq!(addresses_of(""), [0; 0]);
        let names = HashMap::from([(16, "_RNvC1a1f".to_owned())]);
        assert_eq!(answer(&[16, 255], &names, true), "num_symbols: 1\n0x10 _RNvC1a1f\n");
        assert_eq!(answer(&[16], &HashMap::new(), false), "num_symbols: 0\n");
    }
}
