using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Modular.Kernel.Sealing;

/// <summary>
/// Files that must be there after a power cut: written beside their place, synced, renamed, and the folder synced too. It calls <c>fsync</c> itself,
/// because .NET on Linux hides that call's errors.
/// </summary>
public static partial class DurableFile
{
    /// <exception cref="IOException">The disk did not confirm: the old content, if any, still stands.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        File.Move(WriteBeside(path, content), path, overwrite: true);
        SyncFolderOf(path);
    }

    /// <summary>As <see cref="Replace"/>, but only where no such file is yet; of several processes that try at once, one succeeds.</summary>
    /// <returns>Whether it was this call that made the file.</returns>
    public static bool TryWriteNew(string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path)) return false;
        var beside = WriteBeside(path, content);
        var isMade = Link(beside, path) == 0;   // File.Move looks first and renames then, and somebody may come in between
        var failure = Marshal.GetLastPInvokeErrorMessage();
        File.Delete(beside);
        if (!isMade && !File.Exists(path)) throw new IOException($"{path} could not be made: {failure}");
        if (!isMade) return false;
        SyncFolderOf(path);
        return true;
    }

    /// <summary>Fills the file with noise where it lies, then deletes it: as much forgetting as a file system grants.</summary>
    public static void Shred(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None))
        {
            file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
            file.Flush();
            Sync(file.SafeFileHandle, path);
        }
        Delete(path);
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        SyncFolderOf(path);
    }

    /// <summary>Makes what was written through <paramref name="file"/> survive a power cut.</summary>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (FSync(file) != 0) throw new IOException($"fsync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static string WriteBeside(string path, ReadOnlySpan<byte> content)
    {
        var beside = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.new";
        using var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(content);
        file.Flush();
        Sync(file.SafeFileHandle, beside);
        return beside;
    }

    /// <summary>Makes a rename or deletion in the folder of <paramref name="path"/> survive a power cut.</summary>
    public static void SyncFolderOf(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        const int readOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY
        using var handle = Open(folder, readOnlyDirectory);
        if (handle.IsInvalid) throw new IOException($"{folder} could not be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        Sync(handle, folder);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);
}
