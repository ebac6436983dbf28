//! Structs: one list of fields, from which both directions are made.

use super::{Decode, DecodeError, DecodeProblem, Reader};

/// Where the value of a field goes. Behind a pointer, so that what reads fields is compiled once, and not for each struct.
pub(crate) trait Slot {
    fn is_filled(&self) -> bool;
    /// Reads the value.
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<(), DecodeError>;
}

impl<T: Decode> Slot for Option<T> {
    fn is_filled(&self) -> bool {
        self.is_some()
    }

    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        *self = Some(T::decode(reader)?);
        Ok(())
    }
}

/// The value of a field that may not be left out, when the object has ended.
pub(crate) fn required<T: Decode>(
    value: Option<T>,
    name: &'static str,
    reader: &Reader<'_>,
) -> Result<T, DecodeError> {
    value
        .or_else(T::absent)
        .ok_or_else(|| DecodeError::new(reader.position(), DecodeProblem::MissingField(name)))
}

/// Whether a field is left out where its default is.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads an object's fields into where they go, by their names. Where all names are `known`, another one is an error; else its value is
/// skipped.
pub(crate) fn read_fields(
    reader: &mut Reader<'_>,
    known: Option<&'static [&'static str]>,
    fields: &mut [(&'static str, &mut dyn Slot)],
) -> Result<(), DecodeError> {
    let mut members = reader.object()?;
    'members: while let Some(key) = members.key(reader)? {
        // Errors about a key are where it ends.
        for (name, slot) in &mut *fields {
            if key != *name {
                continue;
            }
            if slot.is_filled() {
                return Err(DecodeError::new(reader.position(), DecodeProblem::DuplicateField(name)));
            }
            slot.fill(reader)?;
            continue 'members;
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
        $(let mut $field = None;)+
        let known: Option<&[&str]> = $crate::codec::decode_fields!(@known $unknown; $($field)+);
        $crate::codec::read_fields($reader, known, &mut [$((stringify!($field), &mut $field)),+])?;
        $(let $field = $crate::codec::decode_fields!(@value $reader, $field $($default)?);)+
    };
    (@known ignored; $($field:ident)+) => { None };
    (@known refused; $($field:ident)+) => { Some(&[$(stringify!($field)),+]) };
    (@value $reader:ident, $field:ident) => { $crate::codec::required($field, stringify!($field), $reader)? };
    (@value $reader:ident, $field:ident default) => { $field.unwrap_or_default() };
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
