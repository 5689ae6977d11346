using System.Security.Cryptography;

namespace Modular.Kernel.Sealing;

/// <summary>
/// The master key as it lies on the disk: <c>master.key</c>, and beside it <c>master.next.key</c> while every key file is being wrapped anew. Each key file names
/// the master that wraps it, so whichever of the two it is, it opens.
/// </summary>
/// <param name="Current">What new files are wrapped with: the next master as soon as there is one.</param>
/// <param name="Other">The master that is on its way out; null but during a rotation.</param>
internal sealed record MasterKeys(MasterKey Current, MasterKey? Other)
{
    public static string FileIn(string folder) => Path.Combine(folder, "master.key");

    public static string NextFileIn(string folder) => Path.Combine(folder, "master.next.key");

    public static string OldFileIn(string folder) => Path.Combine(folder, "master.old.key");

    /// <exception cref="InvalidDataException">A file is not a master key.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static MasterKeys Read(string folder)
    {
        var next = MasterKey.Find(NextFileIn(folder));
        var master = MasterKey.Find(FileIn(folder));
        return (next, master) switch
        {
            (null, null) => throw new FileNotFoundException($"{FileIn(folder)} is missing: restore it from where you keep it safe."),
            (null, { } only) => new MasterKeys(only, null),
            ({ } only, _) => new MasterKeys(only, master),
        };
    }

    /// <summary>What there is to see without waiting for whoever is writing; null when a master is being moved at this moment.</summary>
    public static MasterKeys? Glance(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <returns>Null when neither has that fingerprint.</returns>
    public MasterKey? Find(string fingerprint) => fingerprint == Current.Fingerprint ? Current : fingerprint == Other?.Fingerprint ? Other : null;
}

/// <param name="Fingerprint">Names the key and says nothing about it.</param>
internal sealed record MasterKey(byte[] Bytes, string Fingerprint)
{
    public const int KeyBytes = 32;

    /// <returns>Null when there is no such file.</returns>
    public static MasterKey? Find(string file)
    {
        try
        {
            var bytes = File.ReadAllBytes(file);
            return bytes.Length == KeyBytes ? Of(bytes) : throw new InvalidDataException($"{file} holds {bytes.Length} bytes, not {KeyBytes}: restore it from where you keep it safe.");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static MasterKey Of(byte[] bytes) =>
        new(bytes, Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, 8, info: "modular master fingerprint"u8.ToArray())));
}
