//! Reading and writing a PNG.

use std::io::Cursor;

use memgate::Bencher;
use memgate_benches::fixtures::PLOT_PNG;
use png::{ColorType, Compression, Decoder, Encoder, Info, Reader};

fn png_decode(bencher: Bencher) {
    bencher.bench(decoded);
}

/// A row at a time, so that the whole image is never in memory.
fn png_decode_rows(bencher: Bencher) {
    bencher.bench(|| {
        let mut reader = reader();
        let mut sum = 0_u64;
        while let Some(row) = reader.next_row().unwrap() {
            sum += row.data().iter().map(|&byte| u64::from(byte)).sum::<u64>();
        }
        sum
    });
}

fn png_encode(bencher: Bencher) {
    let pixels = decoded();
    let Info { width, height, .. } = *reader().info();
    bencher.bench(|| {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, width, height);
        encoder.set_color(ColorType::Rgb);
        encoder.set_compression(Compression::Fast);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();
        file
    });
}

fn reader() -> Reader<Cursor<&'static [u8]>> {
    Decoder::new(Cursor::new(PLOT_PNG)).read_info().unwrap()
}

fn decoded() -> Vec<u8> {
    let mut reader = reader();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

memgate::main! {
    png_decode,
    png_decode_rows,
    png_encode,
}
