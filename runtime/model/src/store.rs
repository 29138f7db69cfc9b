//! A content-addressed store of packages in a folder: each file is named after its digest and never changed.
//!
//! A mapped file that somebody truncates kills the process that reads it. So packages are opened from a store only, and
//! a store writes a file under a temporary name, syncs it, makes it read-only and renames it; it removes one by
//! unlinking, which leaves those who have it mapped undisturbed. Any number of processes may share the folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use rkyv::util::AlignedVec;

use crate::digest::Digest;
use crate::package::{OpenError, Package, check_all};

/// The ending of the name of a package file.
const ENDING: &str = ".quop";

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no package with this digest.
    #[error("there is no package `{0}` in the store")]
    Missing(Digest),
    /// The package is refused.
    #[error(transparent)]
    Refused(#[from] OpenError),
    /// Under the name of a package there is something else than a regular file that nobody may write to.
    #[error("`{}` is not a package of the store: it is {what}", path.display())]
    NotAStoredFile {
        /// The path.
        path: PathBuf,
        /// What was found there.
        what: &'static str,
    },
    /// The file system said no.
    #[error("`{}` cannot be {action}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the file system said.
        source: io::Error,
    },
}

/// Makes an I/O error into one that says what was tried where.
fn failed<'a>(path: &'a Path, action: &'static str) -> impl FnOnce(io::Error) -> StoreError + 'a {
    move |source| StoreError::Io {
        path: path.to_owned(),
        action,
        source,
    }
}

/// A folder of packages.
#[derive(Debug, Clone)]
pub struct PackageStore {
    folder: PathBuf,
}

impl PackageStore {
    /// Opens the store in this folder, which is created if there is none.
    ///
    /// # Errors
    /// If the folder cannot be created.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(failed(&folder, "created"))?;
        Ok(Self { folder })
    }

    /// Adds a package, which is checked in full first. Adding one that is there already does nothing; several may add
    /// the same at once. When this returns, the package is on the disk.
    ///
    /// # Errors
    /// If the bytes are refused as a package, or cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let mut aligned = AlignedVec::with_capacity(bytes.len());
        aligned.extend_from_slice(bytes);
        let digest = check_all(&aligned)?;
        let stored = self
            .get(&digest)
            .is_ok_and(|package| package.source_map().is_ok());
        if !stored {
            self.write(&digest, bytes)?;
        }
        Ok(digest)
    }

    /// Adds the package in this file, see [`put`](Self::put).
    ///
    /// # Errors
    /// If the file cannot be read or is refused as a package, or cannot be written to the store.
    pub fn put_file(&self, path: &Path) -> Result<Digest, StoreError> {
        let bytes = fs::read(path).map_err(failed(path, "read"))?;
        self.put(&bytes)
    }

    /// Maps and checks a package of the store.
    ///
    /// # Errors
    /// If there is none, if it is not a read-only regular file, or if its content is refused or is not the one that
    /// its name says.
    pub fn get(&self, digest: &Digest) -> Result<Package, StoreError> {
        let path = self.path_of(digest);
        let entry = fs::symlink_metadata(&path).map_err(|error| not_found(error, digest, &path))?;
        if !entry.is_file() {
            let what = if entry.is_symlink() {
                "a link"
            } else {
                "not a file"
            };
            return Err(StoreError::NotAStoredFile { path, what });
        }
        let file = File::open(&path).map_err(|error| not_found(error, digest, &path))?;
        let opened = file.metadata().map_err(failed(&path, "read"))?;
        if !same_file(&entry, &opened) {
            let what = "being exchanged";
            return Err(StoreError::NotAStoredFile { path, what });
        }
        if !opened.permissions().readonly() {
            let what = "writable, so that its content could change while it is used";
            return Err(StoreError::NotAStoredFile { path, what });
        }
        if opened.len() == 0 {
            return Err(OpenError::Truncated { found_len: 0 }.into());
        }
        #[expect(
            unsafe_code,
            reason = "packages are used in place; mapping is the point of the format"
        )]
        // SAFETY: the file is a read-only one of the store, which never writes to a file once it has its name: it is
        // replaced by renaming and removed by unlinking, both of which leave the mapped file as it is.
        let map = unsafe { Mmap::map(&file) }.map_err(failed(&path, "mapped"))?;
        let package = Package::from_map(map)?;
        if package.digest() != *digest {
            let (expected, found) = (*digest, package.digest());
            return Err(OpenError::WrongName { expected, found }.into());
        }
        Ok(package)
    }

    /// The digests of all packages by their names, sorted. The packages are not opened.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Digest>, StoreError> {
        let mut digests = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed(&self.folder, "listed"))? {
            let entry = entry.map_err(failed(&self.folder, "listed"))?;
            let name = entry.file_name();
            let digest = name.to_str().and_then(|name| name.strip_suffix(ENDING));
            digests.extend(digest.and_then(|digest| digest.parse::<Digest>().ok()));
        }
        digests.sort_unstable();
        Ok(digests)
    }

    /// Removes a package. Whoever has it open keeps it.
    ///
    /// # Errors
    /// If there is none or it cannot be removed.
    pub fn remove(&self, digest: &Digest) -> Result<(), StoreError> {
        let path = self.path_of(digest);
        fs::remove_file(&path).map_err(|error| not_found(error, digest, &path))?;
        self.sync_folder()
    }

    fn path_of(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{digest}{ENDING}"))
    }

    /// Writes a file that has been checked, replacing a damaged one of the same name.
    fn write(&self, digest: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path_of(digest);
        let written = || -> io::Result<()> {
            let mut file = tempfile::Builder::new()
                .prefix(".put-")
                .tempfile_in(&self.folder)?;
            file.write_all(bytes)?;
            file.as_file().set_permissions(read_only(file.as_file())?)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        written().map_err(failed(&path, "written"))?;
        self.sync_folder()
    }

    /// Makes renames and removals durable.
    fn sync_folder(&self) -> Result<(), StoreError> {
        // Elsewhere than on Unix a folder cannot be opened as a file; renames are durable there by other means.
        if cfg!(unix) {
            File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed(&self.folder, "synced"))?;
        }
        Ok(())
    }
}

fn not_found(error: io::Error, digest: &Digest, path: &Path) -> StoreError {
    if error.kind() == io::ErrorKind::NotFound {
        StoreError::Missing(*digest)
    } else {
        failed(path, "opened")(error)
    }
}

#[cfg(unix)]
fn read_only(_file: &File) -> io::Result<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::Permissions::from_mode(0o444))
}

#[cfg(not(unix))]
fn read_only(file: &File) -> io::Result<fs::Permissions> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    Ok(permissions)
}

/// Whether what was opened is what was looked at, and not what a link put in its place since leads to.
#[cfg(unix)]
fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    one.len() == other.len() && other.is_file()
}
