//! Parts of a page that are cut by rows, so that the whole fits.

pub(super) use crate::text::Noun;

/// A part of a page.
pub(super) struct Section {
    /// A heading, or nothing.
    pub(super) title: String,
    /// The summary of a fold around all of it, as HTML.
    pub(super) fold: Option<String>,
    /// The head of a table, or nothing. Repeated where the rest of the rows is folded.
    pub(super) head: String,
    /// Whole rows, items or blocks, each with its line ends; the worst first.
    pub(super) rows: Vec<String>,
    /// How many rows are in sight; the rest is folded.
    pub(super) in_sight: usize,
    /// What the rows are, as in "2 more …".
    pub(super) noun: Noun,
    /// Which part gives way last when not everything fits: the one with the lowest rank.
    pub(super) rank: u8,
}

/// Rows that every part has before any part has all of its rows.
const FIRST_ROWS: usize = 5;

impl Section {
    /// A part without rows, to be filled.
    pub(super) fn new(rank: u8, noun: Noun) -> Self {
        Self {
            title: String::new(),
            fold: None,
            head: String::new(),
            rows: Vec::new(),
            in_sight: usize::MAX,
            noun,
            rank,
        }
    }

    /// The text with as many rows as are given.
    fn text(&self, count: usize) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let count = count.min(self.rows.len());
        let (shown, left_out) = self.rows.split_at(count);
        let (in_sight, folded) = shown.split_at(self.in_sight.min(count));
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("{}\n\n", self.title);
        }
        if let Some(summary) = &self.fold {
            text += &format!("<details><summary>{summary}</summary>\n\n");
        }
        if !in_sight.is_empty() {
            text += &self.head;
            text.extend(in_sight.iter().map(String::as_str));
            text.push('\n');
        }
        if !folded.is_empty() {
            let noun = self.noun.of(folded.len());
            text += &format!("<details><summary>{} more {noun}</summary>\n\n{}", folded.len(), self.head);
            text.extend(folded.iter().map(String::as_str));
            text += "\n</details>\n\n";
        }
        if !left_out.is_empty() {
            let more = if count == 0 { "" } else { "more " };
            let noun = self.noun.of(left_out.len());
            text += &format!("**{} {more}{noun} left out here, for want of space.**\n\n", left_out.len());
        }
        if self.fold.is_some() {
            text += "</details>\n\n";
        }
        text
    }

    /// An upper bound of what [`Self::text`] takes besides the rows.
    fn frame_bytes(&self) -> usize {
        // The lines around the rows, with numbers of twenty digits, and the words that are fixed.
        const FIXED: usize = 400;
        let fold = self.fold.as_ref().map_or(0, String::len);
        if self.rows.is_empty() { 0 } else { FIXED + self.title.len() + fold + 2 * self.head.len() }
    }
}

/// The text of all parts in at most `limit_bytes`. Each part has a few rows before any has all of them; then the parts get
/// what is left by their ranks.
pub(super) fn fit(sections: &[Section], limit_bytes: usize) -> String {
    let frames: usize = sections.iter().map(Section::frame_bytes).sum();
    if frames > limit_bytes {
        return String::new();
    }
    let mut left = limit_bytes - frames;
    let mut counts = vec![0; sections.len()];
    let mut by_rank: Vec<(&Section, &mut usize)> = sections.iter().zip(&mut counts).collect();
    by_rank.sort_by_key(|(section, _)| section.rank);
    for most in [FIRST_ROWS, usize::MAX] {
        for (section, count) in &mut by_rank {
            for row in section.rows.iter().take(most).skip(**count) {
                let Some(rest) = left.checked_sub(row.len()) else { break };
                left = rest;
                **count += 1;
            }
        }
    }
    sections.iter().zip(counts).map(|(section, count)| section.text(count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(rank: u8, rows: usize) -> Section {
        Section {
            title: format!("### {rank}"),
            rows: (0..rows).map(|row| format!("- row {row} of {rank}\n")).collect(),
            ..Section::new(rank, Noun("row", "rows"))
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let sections = [section(1, 2), section(0, 100)];
        let all = fit(&sections, usize::MAX);
        assert!(all.starts_with("### 1\n\n- row 0 of 1\n- row 1 of 1\n\n### 0\n\n- row 0 of 0\n"));
        assert!(!all.contains("left out"));
        let cut = fit(&sections, 1_200);
        assert!(cut.len() <= 1_200);
        assert!(cut.contains("- row 1 of 1\n\n### 0\n") && cut.contains("- row 4 of 0\n"), "{cut}");
        assert!(cut.contains(" more rows left out here, for want of space.**"), "{cut}");
    }

    #[test]
    fn the_rest_is_folded_with_its_own_head() {
        let table = Section { head: "| a |\n|---|\n".into(), in_sight: 1, ..section(0, 3) };
        insta::assert_snapshot!(fit(&[table], usize::MAX), @r"
        ### 0

        | a |
        |---|
        - row 0 of 0

        <details><summary>2 more rows</summary>

        | a |
        |---|
        - row 1 of 0
        - row 2 of 0

        </details>
        ");
    }
}
