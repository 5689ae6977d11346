using System.Text;

namespace Modular.Contacts;

/// <summary>A growing buffer that a profile is written into; kept by its user and used again for the next. Not thread-safe.</summary>
internal sealed class ProfileBuffer
{
    private byte[] _bytes = new byte[512];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_bytes.AsSpan(_length));
        _length += value.Length;
    }

    public void Varint(ulong value)
    {
        Reserve(10);
        for (; value >= 128; value >>= 7) _bytes[_length++] = (byte)(value | 128);
        _bytes[_length++] = (byte)value;
    }

    public void Text(string value)
    {
        Varint((ulong)Encoding.UTF8.GetByteCount(value));
        Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        _length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(_length));
    }

    private void Reserve(int count)
    {
        if (_length + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
    }
}
