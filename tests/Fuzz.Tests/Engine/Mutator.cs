using System.Buffers.Binary;

namespace Fuzz.Tests.Engine;

/// <summary>Changes inputs: bits, bytes, numbers, ranges, words of the target's language, and pieces of other inputs. Not thread-safe.</summary>
/// <param name="random">Decides.</param>
/// <param name="words">What a blind change would not hit upon; may be empty.</param>
/// <param name="maxLength">The longest input in bytes.</param>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> words, int maxLength)
{
    private const int MaxChanges = 6;
    private const int MaxInserted = 32;
    private static readonly long[] _numbers = [0, 1, 2, 4, 8, 16, 20, 32, 40, 64, 127, 128, 255, 256, 1024, 1500, 32767, 32768, 65535, 65536, int.MaxValue, uint.MaxValue];

    private readonly byte[] _buffer = new byte[maxLength];
    private int _length;

    /// <summary>Makes a new input of one that is kept.</summary>
    /// <param name="input">The input to change.</param>
    /// <param name="other">Another one, of which pieces are taken.</param>
    public byte[] Mutate(ReadOnlySpan<byte> input, ReadOnlySpan<byte> other)
    {
        _length = Math.Min(input.Length, maxLength);
        input[.._length].CopyTo(_buffer);
        for (var changes = random.Next(1, MaxChanges); changes > 0; changes--)
        {
            Change(other);
        }

        return _buffer.AsSpan(0, _length).ToArray();
    }

    private void Change(ReadOnlySpan<byte> other)
    {
        switch (random.Next(_length == 0 ? 0 : 11))
        {
            case 0:
                Insert(random.Next(_length + 1), RandomBytes());
                break;
            case 1:
                Insert(random.Next(_length + 1), words.Count > 0 ? words[random.Next(words.Count)] : Piece(other));
                break;
            case 2:
                Overwrite(random.Next(_length), words.Count > 0 ? words[random.Next(words.Count)] : Piece(other));
                break;
            case 3:
                Insert(random.Next(_length + 1), Piece(_buffer.AsSpan(0, _length)).ToArray());
                break;
            case 4:
                Insert(random.Next(_length + 1), Piece(other));
                break;
            case 5:
                Remove();
                break;
            case 6:
                _buffer[random.Next(_length)] ^= (byte)(1 << random.Next(8));
                break;
            case 7:
                _buffer[random.Next(_length)] = (byte)random.Next(256);
                break;
            case 8:
                _buffer[random.Next(_length)] += (byte)random.Next(-16, 17);
                break;
            case 9:
                WriteNumber();
                break;
            default:
                // The head of one and the tail of another.
                var at = random.Next(_length);
                _length = at;
                Insert(at, other[Math.Min(at, other.Length)..]);
                break;
        }
    }

    private byte[] RandomBytes()
    {
        var bytes = new byte[random.Next(1, MaxInserted)];
        random.NextBytes(bytes);
        return random.Next(2) == 0 ? bytes : [.. Enumerable.Repeat(bytes[0], bytes.Length)];
    }

    private ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> of)
    {
        var start = random.Next(of.Length + 1);
        return of.Slice(start, random.Next(of.Length - start + 1));
    }

    private void Remove()
    {
        var start = random.Next(_length);
        // Mostly little: what is left shall still mean something.
        var longest = Math.Min(_length - start, random.Next(4) == 0 ? _length : 8);
        var count = random.Next(1, longest + 1);
        _buffer.AsSpan(start + count, _length - start - count).CopyTo(_buffer.AsSpan(start));
        _length -= count;
    }

    private void WriteNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        var size = 1 << random.Next(1, 4);
        var number = _numbers[random.Next(_numbers.Length)] + random.Next(-1, 2);
        BinaryPrimitives.WriteInt64BigEndian(bytes, number << (64 - (8 * size)));
        if (random.Next(2) == 0)
        {
            bytes[..size].Reverse();
        }

        Overwrite(random.Next(_length), bytes[..size]);
    }

    private void Overwrite(int at, ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, _length - at)].CopyTo(_buffer.AsSpan(at));

    private void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, maxLength - _length)];
        _buffer.AsSpan(at, _length - at).CopyTo(_buffer.AsSpan(at + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(at));
        _length += bytes.Length;
    }
}
