//! The one benchmark that a command is about, named as everywhere: by a filter.

use memgate_report::model::{BenchmarkId, Selection};

use crate::error::Error;

/// The only benchmark that is selected; of several, the one whose whole id or name a filter is. `what` is about one.
///
/// # Errors
/// When there are several, which are listed then.
pub(super) fn the_one(
    mut ids: Vec<BenchmarkId>,
    selection: &Selection,
    what: &str,
) -> Result<BenchmarkId, Error> {
    const MOST: usize = 10;
    if let [filter] = selection.filters.as_slice() {
        let exact = Selection { filters: vec![filter.clone()], exact: true, ..Selection::default() };
        let mut whole = ids.iter().filter(|id| exact.selects(id));
        if let (Some(id), None) = (whole.next(), whole.next()) {
            return Ok(id.clone());
        }
    }
    match ids.len() {
        1 => Ok(ids.remove(0)),
        count => {
            let mut message =
                format!("{what} is about one benchmark, and {count} are selected; name one of them:");
            for id in ids.iter().take(MOST) {
                message += &format!("\n    {id}");
            }
            if count > MOST {
                message += &format!("\n    and {} more", count - MOST);
            }
            Err(Error::Usage(message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_benchmark_is_enough_and_several_are_listed() {
        let ids = |names: &[&str]| -> Vec<BenchmarkId> {
            names.iter().map(|name| format!("parser/memory/{name}").parse().unwrap()).collect()
        };
        let filter = |filter: &str| Selection { filters: vec![filter.to_owned()], ..Selection::default() };
        assert_eq!(the_one(ids(&["words"]), &filter("wor"), "this").unwrap().name, "words");
        // It is a part of another name, too.
        assert_eq!(the_one(ids(&["parse", "parse/10"]), &filter("parse"), "`bisect`").unwrap().name, "parse");
        let many: Vec<String> = (0..12).map(|number| format!("parse/{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let said = the_one(ids(&many), &filter("parse"), "`bisect`").unwrap_err().to_string();
        assert!(said.starts_with("`bisect` is about one benchmark, and 12 are selected; name one of them:\n    parser/memory/parse/0\n"), "{said}");
        assert!(said.ends_with("\n    and 2 more"), "{said}");
    }
}
