//! The header of a package file: 512 bytes, little-endian, written by hand so that every version of Quo can read it.
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | magic `QUOPACK\0` |
//! | 8..12 | format version |
//! | 12..16 | flags; bit 0: signed |
//! | 16..20 | edition of the language |
//! | 20..32 | version of the ruleset: major, minor, patch |
//! | 32..36 | length of the ruleset's name in bytes |
//! | 36..164 | the name, UTF-8, then zeros |
//! | 164..168 | number of sections |
//! | 168..176 | length of the file |
//! | 176..288 | for each section: kind, zero, offset, length (without padding), BLAKE3 digest |
//! | 288..384 | zeros |
//! | 384..416 | BLAKE3 digest of bytes 0..384: the digest of the package |
//! | 416..448 | id of the signing key; zeros while unsigned |
//! | 448..512 | ed25519 signature of the package's digest; zeros while unsigned |
//!
//! Sections follow in the order of their kinds without a gap but for zeros up to the next multiple of 64 bytes, and the
//! file ends at such a multiple. The place of the signature lies outside all digests, so that signing does not change
//! what is signed; whether a package is signed lies inside, so that a signature cannot be taken away unnoticed.

use crate::digest::Digest;
use crate::package::OpenError;

/// Length of the header in bytes.
pub const HEADER_LEN: usize = 512;
/// Version of the format that this code writes, and the only one it reads.
pub const FORMAT_VERSION: u32 = 6;
/// Longest name of a ruleset in bytes.
pub const NAME_LEN_MAX: usize = 128;
/// Sections begin at multiples of this many bytes.
pub const SECTION_ALIGNMENT: usize = 64;

const MAGIC: &[u8; 8] = b"QUOPACK\0";
const FLAG_SIGNED: u32 = 1;
const DIGEST_AT: usize = 384;
const SIGNATURE_AT: usize = 416;
/// The sections, in this order: the model and the source map.
const SECTION_KINDS: [u32; 2] = [1, 2];

/// What a header says, without magic, format version and digests of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) edition: u32,
    pub(crate) version: [u32; 3],
    pub(crate) ruleset: String,
    pub(crate) model: Section,
    pub(crate) source_map: Section,
    pub(crate) file_len: u64,
}

/// Where a section lies and what its digest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) offset: u64,
    pub(crate) len: u64,
    pub(crate) digest: Digest,
}

impl Section {
    /// The section's bytes in the file, without padding.
    pub(crate) fn of<'a>(&self, file: &'a [u8]) -> Option<&'a [u8]> {
        let start = usize::try_from(self.offset).ok()?;
        let len = usize::try_from(self.len).ok()?;
        file.get(start..start.checked_add(len)?)
    }

    /// One beyond the last byte of the section with its padding.
    pub(crate) fn padded_end(&self) -> Option<u64> {
        let end = self.offset.checked_add(self.len)?;
        end.checked_next_multiple_of(SECTION_ALIGNMENT as u64)
    }
}

impl Header {
    /// The bytes of the header and the digest of the package. `None` if the name is too long.
    pub(crate) fn to_bytes(&self) -> Option<([u8; HEADER_LEN], Digest)> {
        if self.ruleset.len() > NAME_LEN_MAX {
            return None;
        }
        let mut out = Vec::with_capacity(HEADER_LEN);
        out.extend_from_slice(MAGIC);
        let name_len = u32::try_from(self.ruleset.len()).ok()?;
        let [major, minor, patch] = self.version;
        for number in [
            FORMAT_VERSION,
            0,
            self.edition,
            major,
            minor,
            patch,
            name_len,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let mut name = self.ruleset.clone().into_bytes();
        name.resize(NAME_LEN_MAX, 0);
        out.extend_from_slice(&name);
        out.extend_from_slice(&u32::try_from(SECTION_KINDS.len()).ok()?.to_le_bytes());
        out.extend_from_slice(&self.file_len.to_le_bytes());
        for (kind, section) in SECTION_KINDS.iter().zip([&self.model, &self.source_map]) {
            out.extend_from_slice(&kind.to_le_bytes());
            out.extend_from_slice(&0u32.to_le_bytes());
            out.extend_from_slice(&section.offset.to_le_bytes());
            out.extend_from_slice(&section.len.to_le_bytes());
            out.extend_from_slice(&section.digest.0);
        }
        out.resize(DIGEST_AT, 0);
        let digest = Digest::of(&out);
        out.extend_from_slice(&digest.0);
        out.resize(HEADER_LEN, 0);
        Some((out.try_into().ok()?, digest))
    }

    /// Reads and checks the header of a file and gives the digest of the package.
    pub(crate) fn read(file: &[u8]) -> Result<(Header, Digest), OpenError> {
        let head = magic_and_version(file)?;
        let found_len = file.len() as u64;
        let (Some(digested), Some(digest), Some(signature)) = (
            head.get(..DIGEST_AT),
            head.get(DIGEST_AT..SIGNATURE_AT),
            head.get(SIGNATURE_AT..),
        ) else {
            return Err(OpenError::Truncated { found_len });
        };
        let actual = Digest::of(digested);
        if digest != actual.0 {
            return Err(OpenError::HeaderDamaged);
        }
        let (header, flags) = Self::fields(digested).ok_or(OpenError::HeaderMalformed)?;
        if flags & FLAG_SIGNED != 0 {
            return Err(OpenError::Signed);
        }
        if flags != 0 {
            return Err(OpenError::HeaderMalformed);
        }
        if signature.iter().any(|byte| *byte != 0) {
            return Err(OpenError::SignatureOnUnsigned);
        }
        // What cannot be said in another way cannot hide anything: the header must be the one that would be written.
        match header.to_bytes() {
            Some((canonical, _)) if canonical == *head => {}
            _ => return Err(OpenError::HeaderMalformed),
        }
        if found_len < header.file_len {
            return Err(OpenError::Truncated { found_len });
        }
        if found_len > header.file_len {
            return Err(OpenError::TooLong {
                expected_len: header.file_len,
                found_len,
            });
        }
        header.check_layout()?;
        Ok((header, actual))
    }

    /// The fields after magic and format version, and the flags.
    fn fields(digested: &[u8]) -> Option<(Header, u32)> {
        let mut rest = digested.get(12..)?;
        let flags = take_u32(&mut rest)?;
        let edition = take_u32(&mut rest)?;
        let version = [
            take_u32(&mut rest)?,
            take_u32(&mut rest)?,
            take_u32(&mut rest)?,
        ];
        let name_len = usize::try_from(take_u32(&mut rest)?).ok()?;
        let name = take::<NAME_LEN_MAX>(&mut rest)?;
        let ruleset = std::str::from_utf8(name.get(..name_len)?).ok()?.to_owned();
        let _section_count = take_u32(&mut rest)?;
        let file_len = take_u64(&mut rest)?;
        let header = Header {
            edition,
            version,
            ruleset,
            model: take_section(&mut rest)?,
            source_map: take_section(&mut rest)?,
            file_len,
        };
        Some((header, flags))
    }

    /// Whether the sections follow one another to the end of the file.
    fn check_layout(&self) -> Result<(), OpenError> {
        let follows = self.model.offset == HEADER_LEN as u64
            && self.model.padded_end() == Some(self.source_map.offset)
            && self.source_map.padded_end() == Some(self.file_len);
        if follows {
            Ok(())
        } else {
            Err(OpenError::HeaderMalformed)
        }
    }
}

/// The header's bytes, if magic and format version are ours.
fn magic_and_version(file: &[u8]) -> Result<&[u8; HEADER_LEN], OpenError> {
    let found_len = file.len() as u64;
    let common = file.len().min(MAGIC.len());
    if file.get(..common) != MAGIC.get(..common) {
        return Err(OpenError::Foreign);
    }
    let mut rest = file.get(MAGIC.len()..).unwrap_or_default();
    let format = take_u32(&mut rest).ok_or(OpenError::Truncated { found_len })?;
    if format > FORMAT_VERSION {
        return Err(OpenError::Future { format });
    }
    if format != FORMAT_VERSION {
        return Err(OpenError::HeaderMalformed);
    }
    file.first_chunk().ok_or(OpenError::Truncated { found_len })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    take(rest).map(u32::from_le_bytes)
}

fn take_u64(rest: &mut &[u8]) -> Option<u64> {
    take(rest).map(u64::from_le_bytes)
}

fn take_section(rest: &mut &[u8]) -> Option<Section> {
    let _kind = take_u32(rest)?;
    let _zero = take_u32(rest)?;
    Some(Section {
        offset: take_u64(rest)?,
        len: take_u64(rest)?,
        digest: Digest(take(rest)?),
    })
}
