//! Lists that stay short whatever a file holds.

/// The first [`Listed::MOST`] of something, all counted.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    listed: Vec<T>,
    total: u64,
}

impl<T> Listed<T> {
    /// How many are listed: as many as findings of a file.
    pub const MOST: usize = crate::Findings::LISTED;

    /// Counts one, and lists it while there is room.
    pub fn push(&mut self, one: T) {
        self.total += 1;
        if self.listed.len() < Listed::<T>::MOST {
            self.listed.push(one);
        }
    }

    /// Adds the others behind these, those only counted too.
    pub fn append(&mut self, others: &Listed<T>)
    where
        T: Clone,
    {
        let room = Listed::<T>::MOST.saturating_sub(self.listed.len());
        self.listed.extend(others.listed.iter().take(room).cloned());
        self.total += others.total;
    }

    /// The first ones.
    pub fn listed(&self) -> &[T] {
        &self.listed
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// True when there was none.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Listed<T> {
        Listed { listed: Vec::new(), total: 0 }
    }
}
