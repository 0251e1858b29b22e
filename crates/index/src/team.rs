//! A training whose work several processes share.
//!
//! One process leads: it says which work there is and fits the models at the end. Everybody, the leader
//! too, takes one task after another. A task is taken together with the transaction that will store its
//! results, so that it is done once: a process that dies gives its task back, and results are there
//! exactly when the task is gone. What tasks and reports hold is the caller's business.
//!
//! While the leader fits, the others wait. Those on its machine lend it their threads meanwhile.

use crate::{Store, StoreError, Writer};

/// A training, as those who may help see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunState {
    /// Which training: each begins with a number of its own.
    pub run: i64,
    /// Whether others may help, or take over when its leader is gone.
    pub open: bool,
    /// What its leader announced last.
    pub notice: Vec<u8>,
}

/// A store that processes can work on together.
pub trait Team: Store {
    /// The newest training.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn run_state(&self) -> Result<RunState, StoreError>;

    /// Takes a task of the newest training that nobody else is at; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn claim(&self) -> Result<Option<Box<dyn Claim + '_>>, StoreError>;

    /// Lends a leader on the same machine threads that this process leaves idle while it waits for tasks. `None`
    /// where it cannot be told which processes share a machine.
    ///
    /// # Errors
    /// When the store cannot be reached.
    fn lend_threads(&self, count: usize) -> Result<Option<Box<dyn Loan>>, StoreError>;
}

/// Threads that are lent until this is dropped, or its process dies.
pub trait Loan: Send {
    /// Whether they still are: a lost connection ends a loan.
    fn is_open(&self) -> bool;
}

/// What only the leader may do. Every write of one who leads no longer, those through [`Store::writer`] too,
/// is refused with [`StoreError::Superseded`].
pub trait Lead: Team {
    /// Tells everybody how the training stands.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] once somebody else leads.
    fn announce(&self, notice: &[u8]) -> Result<(), StoreError>;

    /// Adds tasks, which are taken by number. One whose number this training has used is passed over.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] once somebody else leads.
    fn publish(&self, tasks: &[(i64, Vec<u8>)]) -> Result<(), StoreError>;

    /// The reports of finished tasks with their numbers. A lost connection can make one come again.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] once somebody else leads.
    fn take_reports(&self) -> Result<Vec<(i64, Vec<u8>)>, StoreError>;

    /// How many threads are lent by other processes on this machine.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn lent_threads(&self) -> Result<usize, StoreError>;

    /// Says that the training is done: nobody takes over any more.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] once somebody else leads.
    fn close(&self, notice: &[u8]) -> Result<(), StoreError>;
}

/// A task that was taken. Dropped, or with its process dead, it is given back.
pub trait Claim: Send + Sync {
    /// The training that it belongs to.
    fn run(&self) -> i64;

    /// What is to be done.
    fn work(&self) -> &[u8];

    /// Says that it is still being worked at. One of whom nothing was heard for [`LEASE`] loses the task.
    ///
    /// # Errors
    /// When the task is lost already, with the connection that held it.
    fn keep(&self) -> Result<(), StoreError>;

    /// A writer whose commit stores the results and `report`, and takes the task away, all at once. Waits
    /// while others write.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when the training it belongs to is over.
    fn finish<'a>(self: Box<Self>, report: &[u8]) -> Result<Box<dyn Writer + 'a>, StoreError>
    where
        Self: 'a;
}

/// How long a process may be silent before its task is given to another.
pub const LEASE: std::time::Duration = std::time::Duration::from_secs(60);
