//! GitHub's expressions, as far as the workflows use them.

use serde_json::Value;

/// What an expression can look at.
pub(super) struct Scope<'a> {
    /// `github`, `matrix`, `steps` and so on.
    pub(super) contexts: &'a Value,
    /// Whether everything before succeeded.
    pub(super) is_well: bool,
}

impl Scope<'_> {
    /// A text with its `${{ … }}` filled in.
    pub(super) fn filled(&self, text: &str) -> String {
        let mut done = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").expect("an expression that ends");
            done += before;
            done += &shown(&self.value(expression));
            rest = after;
        }
        done + rest
    }

    /// Whether something runs under a condition. Without a status function, only when everything before succeeded.
    pub(super) fn holds(&self, condition: Option<&Value>) -> bool {
        let Some(condition) = condition else { return self.is_well };
        let text = condition.as_str().expect("a condition that is a text");
        let text = text.trim().strip_prefix("${{").and_then(|text| text.strip_suffix("}}")).unwrap_or(text);
        let names_status = ["always()", "failure()", "success()"].iter().any(|name| text.contains(name));
        (names_status || self.is_well) && is_true(&self.value(text))
    }

    fn value(&self, text: &str) -> Value {
        let mut parser = Parser { scope: self, tokens: tokens(text) };
        let value = parser.either();
        assert!(parser.tokens.is_empty(), "the tests do not know this expression yet: {text}");
        value
    }

    /// What a name such as `github.event.workflow_run.id` stands for. What an event or a step has not is nothing, as on
    /// GitHub; any other name that is not there is a mistake.
    fn named(&self, name: &str) -> Value {
        let mut value = self.contexts;
        for part in name.split('.') {
            match value.get(part) {
                Some(inner) => value = inner,
                None if name.starts_with("github.event.") || name.contains(".outputs.") => {
                    return Value::Null;
                }
                None => panic!("the tests do not know `{name}` yet"),
            }
        }
        value.clone()
    }
}

struct Parser<'a> {
    scope: &'a Scope<'a>,
    /// In reverse.
    tokens: Vec<String>,
}

impl Parser<'_> {
    fn next_is(&mut self, token: &str) -> bool {
        let is_it = self.tokens.last().is_some_and(|next| next == token);
        if is_it {
            self.tokens.pop();
        }
        is_it
    }

    fn either(&mut self) -> Value {
        let mut left = self.both();
        while self.next_is("||") {
            let right = self.both();
            left = if is_true(&left) { left } else { right };
        }
        left
    }

    fn both(&mut self) -> Value {
        let mut left = self.compared();
        while self.next_is("&&") {
            let right = self.compared();
            left = if is_true(&left) { right } else { left };
        }
        left
    }

    fn compared(&mut self) -> Value {
        let left = self.primary();
        if self.next_is("==") {
            return Value::Bool(shown(&left).eq_ignore_ascii_case(&shown(&self.primary())));
        }
        if self.next_is("!=") {
            return Value::Bool(!shown(&left).eq_ignore_ascii_case(&shown(&self.primary())));
        }
        left
    }

    fn primary(&mut self) -> Value {
        let token = self.tokens.pop().expect("a value");
        if self.next_is("(") {
            assert!(self.next_is(")"), "the tests do not know arguments of `{token}` yet");
            return Value::Bool(match token.as_str() {
                "always" => true,
                "success" => self.scope.is_well,
                "failure" => !self.scope.is_well,
                _ => panic!("the tests do not know `{token}()` yet"),
            });
        }
        match token.strip_prefix('\'') {
            Some(text) => Value::String(text.trim_end_matches('\'').to_owned()),
            None => self.scope.named(&token),
        }
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_name = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        let length = match first {
            '\'' => rest[1..].find('\'').expect("a text that ends") + 2,
            '(' | ')' => 1,
            '=' | '!' | '&' | '|' => 2,
            _ if is_name(first) => rest.find(|character| !is_name(character)).unwrap_or(rest.len()),
            _ => panic!("the tests do not know this expression yet: {text}"),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token.to_owned());
        rest = after.trim_start();
    }
    tokens.reverse();
    tokens
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
