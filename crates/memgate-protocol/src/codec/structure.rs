//! Structs: one list of fields, from which both directions are made.

use super::{Decode, DecodeError, DecodeProblem, Reader};

/// A field of an object that is being read.
#[derive(Debug)]
pub(crate) struct Field<T> {
    name: &'static str,
    value: Option<T>,
}

impl<T: Decode> Field<T> {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, value: None }
    }

    /// Reads the value if the key is the field's name, and says whether it is.
    pub(crate) fn read(&mut self, key: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        if key != self.name {
            return Ok(false);
        }
        if self.value.is_some() {
            return Err(DecodeError::new(reader.position(), DecodeProblem::DuplicateField(self.name)));
        }
        self.value = Some(T::decode(reader)?);
        Ok(true)
    }

    /// The value, when the object has ended.
    pub(crate) fn required(self, reader: &Reader<'_>) -> Result<T, DecodeError> {
        let missing = || DecodeError::new(reader.position(), DecodeProblem::MissingField(self.name));
        self.value.or_else(T::absent).ok_or_else(missing)
    }

    /// The value, or the default where the field was left out.
    pub(crate) fn or_default(self) -> T
    where
        T: Default,
    {
        self.value.unwrap_or_default()
    }
}

/// Whether a field is left out where its default is.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads an object's fields: `read` takes the value of a key, or says that it knows none of this name. Where all names are `known`,
/// another one is an error; else its value is skipped.
pub(crate) fn read_fields(
    reader: &mut Reader<'_>,
    known: Option<&'static [&'static str]>,
    read: &mut dyn FnMut(&str, &mut Reader<'_>) -> Result<bool, DecodeError>,
) -> Result<(), DecodeError> {
    let mut members = reader.object()?;
    while let Some(key) = members.key(reader)? {
        // Errors about a key are where it ends.
        if read(&key, reader)? {
            continue;
        }
        let Some(known) = known else {
            reader.skip()?;
            continue;
        };
        let problem = DecodeProblem::UnknownField { name: key.into_owned(), known };
        return Err(DecodeError::new(reader.position(), problem));
    }
    Ok(())
}

/// Reads an object into variables of its fields' names. Unknown fields are `refused` or `ignored`.
macro_rules! decode_fields {
    ($reader:ident, unknown $unknown:ident; $($field:ident $($default:ident)?),+) => {
        $(let mut $field = $crate::codec::Field::new(stringify!($field));)+
        let known: Option<&[&str]> = $crate::codec::decode_fields!(@known $unknown; $($field)+);
        $crate::codec::read_fields($reader, known, &mut |key, reader| {
            Ok(false $(|| $field.read(key, reader)?)+)
        })?;
        $(let $field = $crate::codec::decode_fields!(@value $reader, $field $($default)?);)+
    };
    (@known ignored; $($field:ident)+) => { None };
    (@known refused; $($field:ident)+) => { Some(&[$(stringify!($field)),+]) };
    (@value $reader:ident, $field:ident) => { $field.required($reader)? };
    (@value $reader:ident, $field:ident default) => { $field.or_default() };
}

/// Implements `Encode` and `Decode` for a struct whose fields have the same names in JSON. A field followed by `default` is
/// left out when it has its default. Unknown fields are refused. What is `asked` a bench process reads, what is `answered` it
/// writes; whoever asks does the other.
macro_rules! structure {
    (asked $type:ident $($rest:tt)+) => {
        #[cfg(any(feature = "asking", test))]
        $crate::codec::structure!(@encode $type $($rest)+);
        $crate::codec::structure!(@decode $type $($rest)+);
    };
    (answered $type:ident $($rest:tt)+) => {
        $crate::codec::structure!(@encode $type $($rest)+);
        #[cfg(any(feature = "asking", test))]
        $crate::codec::structure!(@decode $type $($rest)+);
    };
    (@encode $type:ident $(<$parameter:ident>)? { $($field:ident $($default:ident)?),+ $(,)? }) => {
        impl $(<$parameter: $crate::codec::Encode>)? $crate::codec::Encode for $type $(<$parameter>)? {
            fn encode(&self, writer: &mut $crate::codec::Writer) {
                let mut object = writer.object();
                $($crate::codec::structure!(@field object, self.$field $(, $default)?);)+
                object.end();
            }
        }
    };
    (@decode $type:ident $(<$parameter:ident>)? { $($field:ident $($default:ident)?),+ $(,)? }) => {
        impl $(<$parameter: $crate::codec::Decode>)? $crate::codec::Decode for $type $(<$parameter>)? {
            fn decode(reader: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::DecodeError> {
                $crate::codec::decode_fields!(reader, unknown refused; $($field $($default)?),+);
                Ok(Self { $($field),+ })
            }
        }
    };
    (@field $object:ident, $self:ident.$field:ident) => {
        $object.field(stringify!($field), &$self.$field)
    };
    (@field $object:ident, $self:ident.$field:ident, default) => {
        if !$crate::codec::is_default(&$self.$field) {
            $object.field(stringify!($field), &$self.$field);
        }
    };
}

pub(crate) use decode_fields;
pub(crate) use structure;
