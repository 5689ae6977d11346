using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Modular.Kernel.Sealing;

/// <summary>One writer at a time in a folder, over all processes of the machine: <c>flock</c> on a file in it, which the kernel lets go of when its holder dies.</summary>
/// <remarks>Opened by hand: .NET takes a lock of its own on whatever it opens, and gives up at once where another one stands.</remarks>
internal sealed partial class FolderLock : IDisposable
{
    private const int ReadWrite = 2, Create = 0x40, CloseOnExec = 0x80000;   // O_RDWR, O_CREAT, O_CLOEXEC
    private const uint OwnerOnly = 0x180;                                    // 0600
    private const int Exclusive = 2;                                         // LOCK_EX
    private const int Interrupted = 4;                                       // EINTR

    private readonly SafeFileHandle _file;

    private FolderLock(SafeFileHandle file) => _file = file;

    /// <summary>Waits for its turn, which is as long as another one writes some small files.</summary>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, ".lock");
        var file = Open(path, ReadWrite | Create | CloseOnExec, OwnerOnly);
        if (file.IsInvalid) throw new IOException($"{path} could not be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        while (FLock(file, Exclusive) != 0)
        {
            if (Marshal.GetLastPInvokeError() == Interrupted) continue;
            file.Dispose();
            throw new IOException($"{path} could not be locked: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        return new FolderLock(file);
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FLock(SafeFileHandle file, int operation);
}
