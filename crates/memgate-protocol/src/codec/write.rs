//! The text as it is written.

/// What can be written.
pub(crate) trait Encode {
    fn encode(&self, writer: &mut Writer);
}

/// Puts a text together.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(super) bytes: Vec<u8>,
}

/// An object that is being written.
#[derive(Debug)]
#[must_use = "an object has an end"]
pub(crate) struct ObjectWriter<'a> {
    writer: &'a mut Writer,
    is_first: bool,
}

impl Writer {
    /// What was put together.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Begins an object.
    pub(crate) fn object(&mut self) -> ObjectWriter<'_> {
        self.bytes.push(b'{');
        ObjectWriter { writer: self, is_first: true }
    }

    /// Writes the variant of an enum with what is in it.
    pub(crate) fn variant(&mut self, name: &str, content: &dyn Encode) {
        let mut object = self.object();
        object.field(name, content);
        object.end();
    }

    /// Writes an array.
    pub(super) fn array<T: Encode>(&mut self, elements: &[T]) {
        self.bytes.push(b'[');
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.bytes.push(b',');
            }
            element.encode(self);
        }
        self.bytes.push(b']');
    }
}

impl ObjectWriter<'_> {
    /// Writes a field. Out of line: within each struct, it would be most of what is compiled.
    #[inline(never)]
    pub(crate) fn field(&mut self, name: &str, value: &dyn Encode) {
        value.encode(self.key(name));
    }

    /// Writes a field's name; what is written next is its value.
    pub(crate) fn key(&mut self, name: &str) -> &mut Writer {
        if !std::mem::take(&mut self.is_first) {
            self.writer.bytes.push(b',');
        }
        self.writer.string(name);
        self.writer.bytes.push(b':');
        self.writer
    }

    /// Ends the object.
    pub(crate) fn end(self) {
        self.writer.bytes.push(b'}');
    }
}
