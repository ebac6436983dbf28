//! Edits of TOML that read as if the user had made them.

use toml_edit::{Array, InlineTable, Item, RawString, Table, TableLike, Value};

/// A table below another, made when it is not there. `None` when something else has its name.
pub(super) fn table_in<'a>(parent: &'a mut dyn TableLike, name: &str) -> Option<&'a mut dyn TableLike> {
    if !parent.contains_key(name) {
        parent.insert(name, Item::Table(Table::new()));
    }
    parent.get_mut(name)?.as_table_like_mut()
}

/// Adds a key with its value: in order when the others are in order, else at the end.
pub(super) fn insert_in_order(table: &mut Item, key: &str, value: Value) {
    match table {
        Item::Table(table) => {
            let is_sorted = table.iter().map(|(key, _)| key).is_sorted();
            table.insert(key, Item::Value(value));
            if is_sorted {
                table.sort_values();
            }
        }
        Item::Value(Value::InlineTable(table)) => {
            insert_inline(table, key, value);
        }
        _ => {}
    }
}

/// Adds a key to an inline table. The blank before the closing brace belongs to the last value, and would come to stand before the comma.
fn insert_inline(table: &mut InlineTable, key: &str, value: Value) {
    let is_blank = |text: &RawString| text.as_str().is_some_and(|text| text.trim_matches(' ').is_empty());
    let last = table.iter_mut().last().map(|(_, last)| last.decor_mut());
    if let Some(last) = last.filter(|last| last.suffix().is_some_and(is_blank)) {
        last.set_suffix("");
    }
    // Of an empty table it is the table's.
    if is_blank(table.trailing()) && !table.trailing_comma() {
        table.set_trailing("");
    }
    table.insert(key, value);
}

/// Adds a text to an array as its other values are: on a line of its own, or on theirs.
pub(super) fn push_as_others(array: &mut Array, text: &str) {
    let mut value = Value::from(text);
    let last = array.len().checked_sub(1).and_then(|last| array.get(last));
    let prefix = last.and_then(|last| last.decor().prefix()?.as_str()).unwrap_or_default().to_owned();
    let suffix = last.and_then(|last| last.decor().suffix()?.as_str()).unwrap_or_default().to_owned();
    let is_empty = last.is_none();
    // What stands between the last value and the bracket. A comment there is about the last value and stays with it.
    let tail = if array.trailing_comma() || is_empty {
        array.trailing().as_str().unwrap_or_default().to_owned()
    } else {
        suffix
    };
    let Some(line_end) = prefix.rfind('\n') else {
        value.decor_mut().set_prefix(if is_empty { "" } else { " " });
        array.push_formatted(value);
        return;
    };
    let (before, after) = tail.rsplit_once('\n').unwrap_or((tail.as_str(), ""));
    let (before, after) = (before.to_owned(), after.to_owned());
    let last = array.len().checked_sub(1).and_then(|last| array.get_mut(last));
    if let Some(last) = last {
        last.decor_mut().set_suffix("");
    }
    value.decor_mut().set_prefix(format!("{before}{}", prefix.get(line_end..).unwrap_or("\n")));
    array.push_formatted(value);
    array.set_trailing(format!("\n{after}"));
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::*;

    fn pushed(text: &str) -> String {
        let mut document: DocumentMut = text.parse().unwrap();
        push_as_others(document["a"].as_array_mut().unwrap(), "new");
        document.to_string()
    }

    #[test]
    fn a_value_comes_as_the_others_are() {
        assert_eq!(pushed("a = []\n"), "a = [\"new\"]\n");
        assert_eq!(pushed("a = [\"x\", \"y\"] # c\n"), "a = [\"x\", \"y\", \"new\"] # c\n");
        assert_eq!(pushed("a = [\n    \"x\",\n]\n"), "a = [\n    \"x\",\n    \"new\",\n]\n");
        assert_eq!(pushed("a = [\n  \"x\"\n]\n"), "a = [\n  \"x\",\n  \"new\"\n]\n");
        assert_eq!(
            pushed("a = [\n  # first\n  \"x\", # about x\n  \"y\", # about y\n]\n"),
            "a = [\n  # first\n  \"x\", # about x\n  \"y\", # about y\n  \"new\",\n]\n"
        );
        assert_eq!(pushed("a = [\n  \"x\" # about x\n]\n"), "a = [\n  \"x\", # about x\n  \"new\"\n]\n");
    }

    #[test]
    fn a_key_comes_where_the_order_has_it() {
        let inserted = |text: &str| {
            let mut document: DocumentMut = text.parse().unwrap();
            insert_in_order(&mut document["d"], "memgate", "1".into());
            document.to_string()
        };
        assert_eq!(
            inserted("[d]\nalpha = \"1\" # one\n# about zeta\nzeta = \"2\"\n\n[e]\n"),
            "[d]\nalpha = \"1\" # one\nmemgate = \"1\"\n# about zeta\nzeta = \"2\"\n\n[e]\n"
        );
        assert_eq!(inserted("d = { }\n[e]\n"), "d = { memgate = \"1\" }\n[e]\n");
        assert_eq!(inserted("d = {}\n"), "d = { memgate = \"1\" }\n");
        assert_eq!(inserted("d = { alpha = \"1\" }\n"), "d = { alpha = \"1\", memgate = \"1\" }\n");
        assert_eq!(
            inserted("[d]\nzeta = \"2\"\nalpha = \"1\"\n"),
            "[d]\nzeta = \"2\"\nalpha = \"1\"\nmemgate = \"1\"\n"
        );
    }
}
