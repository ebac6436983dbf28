//! `profile.proto`, decoded as far as scrapers look at it, and by its definition alone: nothing of the encoder is used.

/// A field of a message.
pub(crate) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, in order.
pub(crate) fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let field = match key & 7 {
            0 => Field::Number(varint(&mut bytes)),
            2 => {
                let length = varint(&mut bytes) as usize;
                let (field, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(field)
            }
            other => panic!("wire type {other}"),
        };
        fields.push((key >> 3, field));
    }
    fields
}

pub(crate) fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
    }
    panic!("a number without end")
}

/// A profile as scrapers see it.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    pub(crate) sample_types: usize,
    /// Locations and values.
    pub(crate) samples: Vec<(Vec<u64>, Vec<i64>)>,
    pub(crate) mapping_ids: Vec<u64>,
    /// Id, mapping and address.
    pub(crate) locations: Vec<(u64, u64, u64)>,
    pub(crate) function_ids: Vec<u64>,
    pub(crate) strings: Vec<String>,
    pub(crate) time_nanoseconds: u64,
    pub(crate) duration_nanoseconds: u64,
    pub(crate) period: u64,
}

impl Decoded {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut decoded = Self::default();
        for (number, field) in fields(bytes) {
            match (number, field) {
                (1, _) => decoded.sample_types += 1,
                (2, Field::Bytes(sample)) => decoded.samples.push((
                    packed(sample, 1),
                    packed(sample, 2).into_iter().map(|value| value as i64).collect(),
                )),
                (3, Field::Bytes(mapping)) => decoded.mapping_ids.push(number_of(mapping, 1)),
                (4, Field::Bytes(location)) => decoded.locations.push((
                    number_of(location, 1),
                    number_of(location, 2),
                    number_of(location, 3),
                )),
                (5, Field::Bytes(function)) => decoded.function_ids.push(number_of(function, 1)),
                (6, Field::Bytes(text)) => decoded.strings.push(String::from_utf8(text.to_vec()).unwrap()),
                (9, Field::Number(time)) => decoded.time_nanoseconds = time,
                (10, Field::Number(time)) => decoded.duration_nanoseconds = time,
                (12, Field::Number(period)) => decoded.period = period,
                _ => {}
            }
        }
        decoded
    }

    /// The sum of one of the four values.
    pub(crate) fn sum(&self, index: usize) -> i64 {
        self.samples.iter().map(|(_, values)| values[index]).sum()
    }

    /// The addresses of each sample, with its values: what a stack is known by from one scrape to the next.
    pub(crate) fn stacks(&self) -> Vec<(Vec<u64>, Vec<i64>)> {
        let address = |id: &u64| self.locations[*id as usize - 1].2;
        self.samples.iter().map(|(ids, values)| (ids.iter().map(address).collect(), values.clone())).collect()
    }
}

fn number_of(message: &[u8], wanted: u64) -> u64 {
    fields(message)
        .into_iter()
        .find_map(|(number, field)| match field {
            Field::Number(value) if number == wanted => Some(value),
            _ => None,
        })
        .unwrap_or(0)
}

fn packed(message: &[u8], wanted: u64) -> Vec<u64> {
    let mut values = Vec::new();
    for (number, field) in fields(message) {
        if let (true, Field::Bytes(mut bytes)) = (number == wanted, field) {
            while !bytes.is_empty() {
                values.push(varint(&mut bytes));
            }
        }
    }
    values
}
