//! A package in memory, as the engine sees it: its digest, its model and its source map.

use quo_model::{ArchivedModel, ArchivedSourceMap, Digest, Model, SourceMap};
use rkyv::rancor::Error;
use rkyv::util::AlignedVec;

/// A package whose archives have been checked.
pub struct Package {
    digest: Digest,
    model: AlignedVec,
    source_map: AlignedVec,
}

impl Package {
    /// A package of these parts, archived in memory.
    ///
    /// # Errors
    /// Where they cannot be archived.
    pub fn in_memory(digest: Digest, model: &Model, source_map: &SourceMap) -> Result<Self, Error> {
        let package = Self {
            digest,
            model: rkyv::to_bytes(model)?,
            source_map: rkyv::to_bytes(source_map)?,
        };
        rkyv::access::<ArchivedModel, Error>(&package.model)?;
        rkyv::access::<ArchivedSourceMap, Error>(&package.source_map)?;
        Ok(package)
    }

    /// Digest of the whole package.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The rules.
    #[must_use]
    pub fn model(&self) -> &ArchivedModel {
        rkyv::access::<ArchivedModel, Error>(&self.model).expect("checked when it was made")
    }

    /// Where they came from.
    #[must_use]
    pub fn source_map(&self) -> &ArchivedSourceMap {
        rkyv::access::<ArchivedSourceMap, Error>(&self.source_map)
            .expect("checked when it was made")
    }
}
