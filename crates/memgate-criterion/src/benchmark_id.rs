//! The id of a benchmark within its group.

use std::fmt::Display;

/// The id of a benchmark within its group: a function name, a parameter, or both.
///
/// # Example
/// ```
/// use memgate_criterion::BenchmarkId;
/// assert!(BenchmarkId::new("sort", 10) == BenchmarkId::new(String::from("sort"), "10"));
/// assert!(BenchmarkId::new("sort", 10) != BenchmarkId::from_parameter(10));
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub struct BenchmarkId {
    pub(crate) function_name: Option<String>,
    pub(crate) parameter: Option<String>,
}

impl BenchmarkId {
    /// An id of a function and the value of its parameter.
    pub fn new<S: Into<String>, P: Display>(function_name: S, parameter: P) -> BenchmarkId {
        BenchmarkId { function_name: Some(function_name.into()), parameter: Some(parameter.to_string()) }
    }

    /// An id of a parameter alone, for groups of one function.
    pub fn from_parameter<P: Display>(parameter: P) -> BenchmarkId {
        BenchmarkId { function_name: None, parameter: Some(parameter.to_string()) }
    }

    /// The whole id of the benchmark in a group, as criterion's filters see it: `group[/function][/parameter]`.
    pub(crate) fn within(&self, group: &str) -> String {
        let parts = [Some(group), self.function_name.as_deref(), self.parameter.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    }

    /// Criterion's own id; a function without a parameter, for which criterion has no public constructor, is its name.
    pub(crate) fn into_criterion(self) -> Result<criterion::BenchmarkId, String> {
        match (self.function_name, self.parameter) {
            (Some(function_name), Some(parameter)) => {
                Ok(criterion::BenchmarkId::new(function_name, parameter))
            }
            (None, parameter) => Ok(criterion::BenchmarkId::from_parameter(parameter.unwrap_or_default())),
            (Some(function_name), None) => Err(function_name),
        }
    }
}

mod private {
    pub trait Sealed {}
    impl Sealed for super::BenchmarkId {}
    impl<S: Into<String>> Sealed for S {}
}

/// What the methods of [`BenchmarkGroup`](crate::BenchmarkGroup) take for an id: a [`BenchmarkId`], or a function's name.
pub trait IntoBenchmarkId: private::Sealed {
    /// The id.
    fn into_benchmark_id(self) -> BenchmarkId;
}

impl IntoBenchmarkId for BenchmarkId {
    fn into_benchmark_id(self) -> BenchmarkId {
        self
    }
}

impl<S: Into<String>> IntoBenchmarkId for S {
    fn into_benchmark_id(self) -> BenchmarkId {
        let function_name = self.into();
        assert!(!function_name.is_empty(), "Function name must not be empty.");
        BenchmarkId { function_name: Some(function_name), parameter: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_ids_are_those_that_criterion_filters_by() {
        assert_eq!(BenchmarkId::new("f", 1).within("g"), "g/f/1");
        assert_eq!(BenchmarkId::from_parameter(1).within("g"), "g/1");
        assert_eq!("f".into_benchmark_id().within("g"), "g/f");
        assert_eq!(BenchmarkId::new("", "").within("g"), "g//");
        let long = "x".repeat(300);
        assert_eq!(BenchmarkId::new(&long, 1).within("g"), format!("g/{long}/1"));
    }
}
