//! Reading and writing JSON, TOML and CSV: to the library's own values, and to structs.

use memgate::Bencher;
use memgate_benches::fixtures::{GRAPH_JSON, LOCK_TOML, SOURCES_CSV};
use memgate_benches::{Graph, Lock, SourceFile};

fn json_to_value(bencher: Bencher) {
    bencher.bench(|| serde_json::from_str::<serde_json::Value>(GRAPH_JSON).unwrap());
}

fn json_to_structs(bencher: Bencher) {
    bencher.bench(|| serde_json::from_str::<Graph>(GRAPH_JSON).unwrap());
}

fn json_from_value(bencher: Bencher) {
    let value: serde_json::Value = serde_json::from_str(GRAPH_JSON).unwrap();
    bencher.bench(|| serde_json::to_string(&value).unwrap());
}

fn json_from_structs(bencher: Bencher) {
    let graph: Graph = serde_json::from_str(GRAPH_JSON).unwrap();
    bencher.bench(|| serde_json::to_string_pretty(&graph).unwrap());
}

fn toml_to_table(bencher: Bencher) {
    bencher.bench(|| LOCK_TOML.parse::<toml::Table>().unwrap());
}

fn toml_to_structs(bencher: Bencher) {
    bencher.bench(|| toml::from_str::<Lock>(LOCK_TOML).unwrap());
}

/// One record is used for all rows, so this ought to be next to nothing.
fn csv_read_reused(bencher: Bencher) {
    bencher.bench(|| {
        let mut reader = csv::Reader::from_reader(SOURCES_CSV.as_bytes());
        let mut record = csv::StringRecord::new();
        let mut longest = 0;
        while reader.read_record(&mut record).unwrap() {
            longest = longest.max(record.as_slice().len());
        }
        longest
    });
}

fn csv_to_records(bencher: Bencher) {
    bencher.bench(|| {
        let mut reader = csv::Reader::from_reader(SOURCES_CSV.as_bytes());
        reader.records().collect::<Result<Vec<_>, _>>().unwrap()
    });
}

fn csv_to_structs(bencher: Bencher) {
    bencher.bench(source_files);
}

fn csv_from_structs(bencher: Bencher) {
    let files = source_files();
    bencher.bench(|| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for file in &files {
            writer.serialize(file).unwrap();
        }
        writer.into_inner().unwrap()
    });
}

fn source_files() -> Vec<SourceFile> {
    let mut reader = csv::Reader::from_reader(SOURCES_CSV.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

memgate::main! {
    json_to_value,
    json_to_structs,
    json_from_value,
    json_from_structs,
    toml_to_table,
    toml_to_structs,
    csv_read_reused,
    csv_to_records,
    csv_to_structs,
    csv_from_structs,
}
