using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Delivery.Capture;

/// <summary>
/// Reads captured mail: an index of fixed lines, and segments of sealed messages. The newest segments are kept up to a bound; the index is kept whole,
/// so that every message that was ever accepted can be counted. A tenant's mail is sealed by its own key. Safe beside a writer in another process.
/// </summary>
internal sealed class CaptureFiles(HostFacts facts, ISealer sealer)
{
    public const string Purpose = "delivery.capture";

    private const int LinesPerRead = 4096;

    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(facts.FolderOf("delivery"), "capture")).FullName;

    public string IndexPath => Path.Combine(Folder, "index");

    public string SegmentPath(int segment) => Path.Combine(Folder, "segment-" + segment.ToString("D8", CultureInfo.InvariantCulture));

    public IEnumerable<int> Segments() => Directory.EnumerateFiles(Folder, "segment-*").Select(path => int.Parse(Path.GetFileName(path)[8..], CultureInfo.InvariantCulture)).Order();

    /// <summary>Lines from <paramref name="first"/> on, each with its number; read as they are asked for.</summary>
    public IEnumerable<(long Number, CaptureRecord Record)> ReadFrom(long first)
    {
        if (!File.Exists(IndexPath)) yield break;
        using var index = File.OpenHandle(IndexPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[LinesPerRead * CaptureRecord.Bytes];
        for (var number = Math.Max(0, first); ;)
        {
            var lines = RandomAccess.Read(index, buffer, number * CaptureRecord.Bytes) / CaptureRecord.Bytes;
            if (lines is 0) yield break;
            for (var i = 0; i < lines; i++, number++)
            {
                var record = MemoryMarshal.Read<CaptureRecord>(buffer.AsSpan(i * CaptureRecord.Bytes));
                if (record.Version is 1) yield return (number, record);
            }
        }
    }

    /// <summary>The same, newest first.</summary>
    public IEnumerable<(long Number, CaptureRecord Record)> ReadBackFrom(long before)
    {
        if (!File.Exists(IndexPath)) yield break;
        using var index = File.OpenHandle(IndexPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[LinesPerRead * CaptureRecord.Bytes];
        var end = Math.Min(before, RandomAccess.GetLength(index) / CaptureRecord.Bytes);
        while (end > 0)
        {
            var start = Math.Max(0, end - LinesPerRead);
            var lines = RandomAccess.Read(index, buffer.AsSpan(0, (int)(end - start) * CaptureRecord.Bytes), start * CaptureRecord.Bytes) / CaptureRecord.Bytes;
            for (var i = lines - 1; i >= 0; i--)
            {
                var record = MemoryMarshal.Read<CaptureRecord>(buffer.AsSpan(i * CaptureRecord.Bytes));
                if (record.Version is 1) yield return (start + i, record);
            }
            end = start;
        }
    }

    /// <summary>Null when the message is so old that its segment was removed, or the key that sealed it destroyed.</summary>
    public CapturedMail? Open(long number, CaptureRecord record)
    {
        try
        {
            using var segment = File.OpenHandle(SegmentPath(record.Segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var sealedBytes = new byte[record.Length];
            if (RandomAccess.Read(segment, sealedBytes, record.Offset) < record.Length) return null;
            return Unpack(number, record, record.Tenant < 0 ? sealer.OpenSystem(Purpose, sealedBytes) : sealer.Open(new TenantId(record.Tenant), Purpose, record.RecipientId, sealedBytes));
        }
        catch (Exception e) when (e is FileNotFoundException or CryptographicException)
        {
            return null;
        }
    }

    public byte[] Pack(CaptureRecord record, string from, string to, ReadOnlySpan<byte> content)
    {
        var envelope = Encoding.UTF8.GetBytes(from + "\n" + to + "\n");
        var plain = new byte[envelope.Length + content.Length];
        envelope.CopyTo(plain, 0);
        content.CopyTo(plain.AsSpan(envelope.Length));
        return record.Tenant < 0 ? sealer.SealSystem(Purpose, plain) : sealer.Seal(new TenantId(record.Tenant), Purpose, record.RecipientId, plain);
    }

    private static CapturedMail Unpack(long number, CaptureRecord record, byte[] plain)
    {
        var first = Array.IndexOf(plain, (byte)'\n');
        var second = Array.IndexOf(plain, (byte)'\n', first + 1);
        return new CapturedMail(
            number, record, Encoding.UTF8.GetString(plain, 0, first), Encoding.UTF8.GetString(plain, first + 1, second - first - 1), plain.AsMemory(second + 1));
    }
}
