//! JSON that is the same bytes for the same data, and that git shows well: keys sorted, one value on a line.

use serde_json::Value;

/// Prints a value with its keys sorted. Arrays, and objects that lie `inline_depth` or more objects deep, take one
/// line; the root is at depth 0.
///
/// serde_json's own pretty printer sorts only as long as nobody in the build turns its `preserve_order` on, and
/// spreads small objects over many lines.
pub(super) fn print(value: &Value, inline_depth: usize) -> String {
    let mut text = String::new();
    print_value(&mut text, value, 0, inline_depth);
    text.push('\n');
    text
}

fn print_value(text: &mut String, value: &Value, depth: usize, inline_depth: usize) {
    match value {
        Value::Object(map) if map.is_empty() => text.push_str("{}"),
        Value::Object(map) => {
            let inline = depth >= inline_depth;
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            text.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                separate(text, inline, depth + 1);
                print_scalar(text, &Value::String(key.clone()));
                text.push_str(": ");
                print_value(text, &map[key], depth + 1, inline_depth);
            }
            if inline {
                text.push_str(" }");
            } else {
                separate(text, false, depth);
                text.push('}');
            }
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                print_value(text, item, inline_depth, inline_depth);
            }
            text.push(']');
        }
        scalar => print_scalar(text, scalar),
    }
}

fn separate(text: &mut String, inline: bool, depth: usize) {
    if inline {
        text.push(' ');
    } else {
        text.push('\n');
        for _ in 0..depth {
            text.push_str("  ");
        }
    }
}

fn print_scalar(text: &mut String, scalar: &Value) {
    // A `Value` always serialises: its keys are strings, and it holds no NaN.
    text.push_str(&scalar.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_deep_objects_take_a_line() {
        let value = serde_json::json!({"b": {"y": 1, "x": {"deep": [1, {"k": 2}], "a": "q\"\n"}}, "a": {}});
        insta::assert_snapshot!(print(&value, 2), @r#"
        {
          "a": {},
          "b": {
            "x": { "a": "q\"\n", "deep": [1, { "k": 2 }] },
            "y": 1
          }
        }
        "#);
    }
}
