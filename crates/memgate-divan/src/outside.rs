//! The benchmarks as divan's own, outside of the gate.

use std::sync::{LazyLock, Once};

use divan::__private::{
    BENCH_ENTRIES, BenchEntry, EntryList, EntryLocation, EntryMeta, GROUP_ENTRIES, GenericBenchEntry,
    GroupEntry,
};

use crate::entry::{self, Benches, Entry, Instance, Meta};

/// Hands every entry to divan, once. They live as long as the process, as divan's own do.
pub(crate) fn register() {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        for entry in entry::all().iter().rev() {
            register_entry(entry);
        }
    });
}

fn register_entry(entry: &'static Entry) {
    let options = entry.meta.options.map(LazyLock::new);
    let meta = |bench_options| EntryMeta { bench_options, ..plain(&entry.meta) };
    let slices = match &entry.benches {
        Benches::One(runner) => {
            let entry = forever(BenchEntry { meta: meta(options), bench: runner.divan });
            BENCH_ENTRIES.push(forever(EntryList::new(entry)));
            return;
        }
        Benches::Generic(slices) => {
            // Divan's instances and their group know each other, which only statics can. What divan asks of an instance's group is the
            // place and the names; its options are those of the tree's parent, which is the other one.
            let group = forever(GroupEntry { meta: meta(None), generic_benches: None });
            let mut all = Vec::new();
            for slice in *slices {
                let mut instances = Vec::new();
                for instance in *slice {
                    instances.push(of_instance(instance, group));
                }
                all.push(&*Vec::leak(instances));
            }
            Some::<&[&[GenericBenchEntry]]>(Vec::leak(all))
        }
        Benches::Group => None,
        Benches::None => return,
    };
    let entry = forever(GroupEntry { meta: meta(options), generic_benches: slices });
    GROUP_ENTRIES.push(forever(EntryList::new(entry)));
}

fn forever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Without options.
fn plain(meta: &Meta) -> EntryMeta {
    EntryMeta {
        display_name: meta.display_name,
        raw_name: meta.raw_name,
        module_path: meta.module_path,
        location: EntryLocation { file: meta.file, line: meta.line, col: meta.column },
        bench_options: None,
    }
}

fn of_instance(instance: &Instance, group: &'static GroupEntry) -> GenericBenchEntry {
    GenericBenchEntry {
        group,
        bench: instance.runner.divan,
        ty: instance.ty.as_ref().map(|ty| (ty.divan)()),
        const_value: instance.constant.as_ref().map(|constant| (constant.divan)()),
    }
}
