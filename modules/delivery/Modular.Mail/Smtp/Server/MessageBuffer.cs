using System.Buffers;

namespace Modular.Mail.Smtp.Server;

/// <summary>
/// Holds one message in rented memory. Bytes beyond the limit are counted and dropped, so that the session can read on to the end of a
/// message it will refuse (RFC 1870 §6.3).
/// </summary>
internal sealed class MessageBuffer(long maxBytes, MemoryBudget budget) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private byte[] _bytes = [];
    private int _length;

    public bool IsTooLarge { get; private set; }

    public bool IsOutOfMemory { get; private set; }

    public ReadOnlyMemory<byte> Content => _bytes.AsMemory(0, _length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _length && !TryGrow(bytes.Length))
            return;
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        IsTooLarge |= _length > maxBytes;
    }

    /// <summary>Ready for the next message. The memory is given back: a session that waits costs none, and most do nothing else.</summary>
    public void Clear()
    {
        Dispose();
        _length = 0;
        IsTooLarge = IsOutOfMemory = false;
    }

    public void Dispose()
    {
        if (_bytes.Length is 0)
            return;
        budget.Release(_bytes.Length);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private bool TryGrow(int more)
    {
        if (IsTooLarge || IsOutOfMemory)
            return false;
        var wanted = (long)_length + more;
        if (wanted > maxBytes)
        {
            IsTooLarge = true;
            return false;
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(wanted, Math.Max(FirstBytes, _bytes.Length * 2L)), Math.Max(maxBytes, wanted)));
        if (!budget.TryTake(bytes.Length))
        {
            ArrayPool<byte>.Shared.Return(bytes);
            IsOutOfMemory = true;
            return false;
        }

        Content.CopyTo(bytes);
        var length = _length;
        Dispose();
        _bytes = bytes;
        _length = length;
        return true;
    }
}

/// <summary>The memory that all messages being received may take together.</summary>
internal sealed class MemoryBudget(long maxBytes)
{
    private long _taken;

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= maxBytes)
            return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void Release(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
