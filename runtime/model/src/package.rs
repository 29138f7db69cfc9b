//! A package: one file, mapped into memory and used in place, of which every byte was checked before its first use.
//!
//! Checks run from the outside in: length, magic and format version, the header's digest, bounds and digests of the
//! sections, padding, validity of the archive (bytecheck), and at last the verifier. The source map is read only when
//! somebody asks for an explanation, so that its digest and content are checked on its first use.

use std::sync::{Arc, OnceLock};

use memmap2::Mmap;
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor;
use rkyv::util::AlignedVec;

use crate::digest::Digest;
use crate::header::{HEADER_LEN, Header, NAME_LEN_MAX, SECTION_ALIGNMENT, Section};
use crate::rules::{ArchivedModel, Model};
use crate::source_map::{ArchivedSourceMap, SourceMap};
use crate::verify::{VerifyError, verify, verify_source_map};

/// Why a file is refused as a package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its first bytes are not those of a package.
    #[error("this is not a Quo package: it does not begin with `QUOPACK`")]
    Foreign,
    /// Its format version is above the one known here.
    #[error(
        "this package was made by a newer Quo: its format version is {format}, this Quo reads version {}",
        crate::FORMAT_VERSION
    )]
    Future {
        /// The format version found.
        format: u32,
    },
    /// It ends too early.
    #[error("the package is truncated: it ends after {found_len} bytes")]
    Truncated {
        /// Its length in bytes.
        found_len: u64,
    },
    /// Something follows its end.
    #[error(
        "the package is followed by something else: it has {found_len} bytes instead of {expected_len}"
    )]
    TooLong {
        /// The length in bytes that its header gives.
        expected_len: u64,
        /// Its length in bytes.
        found_len: u64,
    },
    /// The header's digest is wrong.
    #[error("the package is damaged: its header does not have the digest that it names")]
    HeaderDamaged,
    /// The header has its digest but says what no writer of this version writes.
    #[error(
        "the package is malformed: its header was not written by any version of Quo known here"
    )]
    HeaderMalformed,
    /// The header says that the package is signed.
    #[error("the package carries a signature, and this version of Quo checks no signatures")]
    Signed,
    /// The place of the signature is not empty, although the header says that there is none.
    #[error(
        "the package says that it is unsigned but has something in the place of the signature: \
         this version of Quo checks no signatures"
    )]
    SignatureOnUnsigned,
    /// A section does not have its digest.
    #[error("the package is damaged: its {section} does not have the digest that the header names")]
    SectionDamaged {
        /// Which section.
        section: &'static str,
    },
    /// Padding is not zero.
    #[error("the package is damaged: the padding after its {section} is not zero")]
    PaddingDamaged {
        /// After which section.
        section: &'static str,
    },
    /// A section is no valid archive. What exactly bytecheck found names addresses of memory and helps nobody.
    #[error("the package is malformed: its {section} is not a valid archive")]
    NotAnArchive {
        /// Which section.
        section: &'static str,
    },
    /// A section is a valid archive of something that is not well formed.
    #[error("the package is malformed: its {section} was not verified ({reason})")]
    NotVerified {
        /// Which section.
        section: &'static str,
        /// What the verifier found.
        reason: VerifyError,
    },
    /// The header and the model disagree.
    #[error("the package is malformed: header and model disagree about its {what}")]
    HeaderDisagrees {
        /// About what.
        what: &'static str,
    },
    /// The content is not what it is named after.
    #[error("the package has the digest `{found}` but is stored under the name `{expected}`")]
    WrongName {
        /// The digest in its name.
        expected: Digest,
        /// The digest of its content.
        found: Digest,
    },
}

const MODEL: &str = "model";
const SOURCE_MAP: &str = "source map";

/// An opened package. Cloning it is cheap; the file stays mapped while one clone lives.
#[derive(Debug, Clone)]
pub struct Package {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    map: Mmap,
    header: Header,
    digest: Digest,
    /// The outcome of checking the source map, once somebody asked for it.
    source_map: OnceLock<Result<(), OpenError>>,
}

impl Package {
    /// Checks a mapped file. Private to the crate: packages are opened from a [`crate::PackageStore`] only.
    pub(crate) fn from_map(map: Mmap) -> Result<Package, OpenError> {
        let (header, digest) = check_frame(&map)?;
        check_model(&map, &header)?;
        Ok(Package {
            inner: Arc::new(Inner {
                map,
                header,
                digest,
                source_map: OnceLock::new(),
            }),
        })
    }

    /// The digest of the package, which is its name in a store and covers every byte but the place of the signature.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.inner.digest
    }

    /// Dotted name of the ruleset.
    #[must_use]
    pub fn ruleset(&self) -> &str {
        &self.inner.header.ruleset
    }

    /// Semantic version of the ruleset: major, minor, patch.
    #[must_use]
    pub fn version(&self) -> [u32; 3] {
        self.inner.header.version
    }

    /// Edition of the language it was written in.
    #[must_use]
    pub fn edition(&self) -> u32 {
        self.inner.header.edition
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &ArchivedModel {
        let bytes = self.section(&self.inner.header.model);
        #[expect(
            unsafe_code,
            reason = "validating the archive on each use would cost more than a decision"
        )]
        // SAFETY: `from_map` has validated these very bytes as an archived `Model` at this address; the map lives as
        // long as `self` and is never written: a store never changes a file under its name.
        unsafe {
            rkyv::access_unchecked::<ArchivedModel>(bytes)
        }
    }

    /// The source map, checked on its first use.
    ///
    /// # Errors
    /// If that section of the file is damaged or does not belong to the model.
    pub fn source_map(&self) -> Result<&ArchivedSourceMap, OpenError> {
        let checked = self
            .inner
            .source_map
            .get_or_init(|| check_source_map(&self.inner.map, &self.inner.header, self.model()));
        checked.clone()?;
        let bytes = self.section(&self.inner.header.source_map);
        #[expect(
            unsafe_code,
            reason = "validating the archive on each use would cost more than rendering a trace"
        )]
        // SAFETY: the check above has validated these very bytes as an archived `SourceMap` at this address; the map
        // lives as long as `self` and is never written: a store never changes a file under its name.
        unsafe {
            Ok(rkyv::access_unchecked::<ArchivedSourceMap>(bytes))
        }
    }

    fn section(&self, section: &Section) -> &[u8] {
        section
            .of(&self.inner.map)
            .expect("the header's layout was checked against the length of the map when the package was opened")
    }
}

/// Checks everything of a file in memory, the source map too, and gives its digest.
pub(crate) fn check_all(file: &AlignedVec) -> Result<Digest, OpenError> {
    let (header, digest) = check_frame(file)?;
    let model = check_model(file, &header)?;
    check_source_map(file, &header, model)?;
    Ok(digest)
}

/// Checks the header, the layout and the padding.
fn check_frame(file: &[u8]) -> Result<(Header, Digest), OpenError> {
    let (header, digest) = Header::read(file)?;
    for (section, name) in [(&header.model, MODEL), (&header.source_map, SOURCE_MAP)] {
        let padding = || {
            let start = usize::try_from(section.offset.checked_add(section.len)?).ok()?;
            let end = usize::try_from(section.padded_end()?).ok()?;
            file.get(start..end)
        };
        match padding() {
            Some(padding) if padding.iter().all(|byte| *byte == 0) => {}
            _ => return Err(OpenError::PaddingDamaged { section: name }),
        }
    }
    Ok((header, digest))
}

/// Checks digest and validity of a section and gives the archive in it.
fn check_section<'a, T>(
    file: &'a [u8],
    section: &Section,
    name: &'static str,
) -> Result<&'a T, OpenError>
where
    T: rkyv::Portable + for<'b> CheckBytes<rkyv::api::high::HighValidator<'b, rancor::Failure>>,
{
    let bytes = section.of(file).ok_or(OpenError::HeaderMalformed)?;
    if Digest::of(bytes) != section.digest {
        return Err(OpenError::SectionDamaged { section: name });
    }
    rkyv::access::<T, rancor::Failure>(bytes)
        .map_err(|rancor::Failure| OpenError::NotAnArchive { section: name })
}

fn check_model<'a>(file: &'a [u8], header: &Header) -> Result<&'a ArchivedModel, OpenError> {
    let model: &ArchivedModel = check_section(file, &header.model, MODEL)?;
    let disagrees = |what| Err(OpenError::HeaderDisagrees { what });
    if model.str(model.meta.ruleset.to_native()) != header.ruleset {
        return disagrees("ruleset");
    }
    if model.meta.version.map(|part| part.to_native()) != header.version {
        return disagrees("version");
    }
    if model.meta.edition.to_native() != header.edition {
        return disagrees("edition");
    }
    verify(model).map_err(|reason| OpenError::NotVerified {
        section: MODEL,
        reason,
    })?;
    Ok(model)
}

fn check_source_map(file: &[u8], header: &Header, model: &ArchivedModel) -> Result<(), OpenError> {
    let map: &ArchivedSourceMap = check_section(file, &header.source_map, SOURCE_MAP)?;
    verify_source_map(model, map).map_err(|reason| OpenError::NotVerified {
        section: SOURCE_MAP,
        reason,
    })
}

/// Why a package cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The name does not fit into the header.
    #[error("the name of the ruleset, `{name}`, is longer than {NAME_LEN_MAX} bytes")]
    NameTooLong {
        /// The name.
        name: String,
    },
    /// The archive cannot be made, as when it is larger than its 32-bit offsets reach.
    #[error("the {section} cannot be archived (`{reason}`)")]
    NotArchived {
        /// Which section.
        section: &'static str,
        /// What the writer of the archive said.
        reason: String,
    },
    /// What was written would be refused when opened: a fault of whoever made the model.
    #[error("the package would be refused when opened: {0}")]
    Refused(#[from] OpenError),
}

/// The bytes of the package file of a model, the same for the same model. Name, version and edition in the header are
/// those of [`Model::meta`]. What is returned has passed every check of opening.
///
/// # Errors
/// If the model does not fit into a package or would be refused when opened.
pub fn write_package(model: &Model, source_map: &SourceMap) -> Result<Vec<u8>, WriteError> {
    let model_bytes =
        rkyv::to_bytes::<rancor::Error>(model).map_err(|error| WriteError::NotArchived {
            section: MODEL,
            reason: error.to_string(),
        })?;
    let source_bytes =
        rkyv::to_bytes::<rancor::Error>(source_map).map_err(|error| WriteError::NotArchived {
            section: SOURCE_MAP,
            reason: error.to_string(),
        })?;
    let ruleset = model
        .strings
        .get(model.meta.ruleset)
        .unwrap_or_default()
        .to_owned();
    let mut header = Header {
        edition: model.meta.edition,
        version: model.meta.version,
        ruleset,
        model: place(HEADER_LEN as u64, &model_bytes),
        source_map: place(0, &source_bytes),
        file_len: 0,
    };
    header.source_map.offset = header.model.padded_end().unwrap_or(0);
    header.file_len = header.source_map.padded_end().unwrap_or(0);

    let Some((head, _)) = header.to_bytes() else {
        return Err(WriteError::NameTooLong {
            name: header.ruleset,
        });
    };
    let mut file: AlignedVec = AlignedVec::new();
    file.extend_from_slice(&head);
    for section in [&model_bytes, &source_bytes] {
        file.extend_from_slice(section);
        file.resize(file.len().next_multiple_of(SECTION_ALIGNMENT), 0);
    }
    check_all(&file)?;
    Ok(file.into_vec())
}

fn place(offset: u64, bytes: &[u8]) -> Section {
    Section {
        offset,
        len: bytes.len() as u64,
        digest: Digest::of(bytes),
    }
}
