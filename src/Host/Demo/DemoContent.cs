using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Culvert.Host.Demo;

/// <summary>
/// The file that the web server offers: blocks of noise, each with its number in front, so that a block lost, doubled or moved changes
/// the hash.
/// </summary>
internal sealed class DemoContent
{
    private const int BlockBytes = 1 << 20;
    private const int Seed = 8961;

    private readonly byte[] _noise = new byte[BlockBytes];

    /// <param name="blocks">Its length in MiB.</param>
    public DemoContent(int blocks)
    {
        Blocks = blocks;
        new Random(Seed).NextBytes(_noise);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < blocks; i++)
        {
            hash.AppendData(Block(i).Span);
        }

        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public int Blocks { get; }

    public long Length => (long)Blocks * BlockBytes;

    public string Sha256 { get; }

    /// <summary>One block; it holds until the next call.</summary>
    public ReadOnlyMemory<byte> Block(int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(_noise, number);
        return _noise;
    }

    /// <summary>The bytes from an offset on, to the end of their block; they hold until the next call.</summary>
    public ReadOnlySpan<byte> From(long offset) => Block((int)(offset / BlockBytes)).Span[(int)(offset % BlockBytes)..];
}
