using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// A key of an authenticated cipher, ready for packets, with the suite's way of turning a counter into a nonce. Sealing and opening work
/// in place and allocate nothing. Wrong data returns false; misuse throws.
/// <para>
/// One thread uses an object at a time; any thread may dispose it, at any time, once or more. The user holds the key for a run of packets
/// (<see cref="TryHold"/>, <see cref="Release"/>), or for one packet by just calling <see cref="Seal"/> or <see cref="Open"/>. A key that is
/// disposed while held is refused from the next packet on, and wiped when it is released: native memory never goes while a packet uses it.
/// </para>
/// </summary>
/// <param name="tagSize">Bytes of a tag.</param>
internal abstract class Aead(int tagSize) : IDisposable
{
    private const int Idle = 0;
    private const int Held = 1;
    private const int Disposed = 2;

    private int _state;

    /// <summary>Holds the key for a run of packets: one reference instead of one for each packet.</summary>
    /// <returns>False when the key was disposed.</returns>
    public bool TryHold()
    {
        Debug.Assert(Volatile.Read(ref _state) != Held, "One thread at a time, and it holds the key once.");
        return Interlocked.CompareExchange(ref _state, Held, Idle) == Idle;
    }

    /// <summary>Ends what <see cref="TryHold"/> began; wipes the key when it was disposed meanwhile.</summary>
    public void Release()
    {
        Debug.Assert((Volatile.Read(ref _state) & Held) != 0, "What is released was held.");
        if (Interlocked.CompareExchange(ref _state, Idle, Held) != Held)
        {
            Volatile.Write(ref _state, Disposed);
            Wipe();
        }
    }

    /// <summary>Encrypts and authenticates.</summary>
    /// <param name="counter">Never used twice with one key.</param>
    /// <param name="associatedData">Authenticated as well.</param>
    /// <param name="plaintext">What is encrypted.</param>
    /// <param name="ciphertext">The plaintext's length and a tag; may begin at the plaintext's first byte.</param>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Seal(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ciphertext.Length, plaintext.Length + tagSize);
        if (Volatile.Read(ref _state) == Held)
        {
            SealCore(counter, associatedData, plaintext, ciphertext);
        }
        else
        {
            HoldAndSeal(counter, associatedData, plaintext, ciphertext);
        }
    }

    /// <summary>Authenticates and decrypts.</summary>
    /// <param name="counter">As given to <see cref="Seal"/>.</param>
    /// <param name="associatedData">As given to <see cref="Seal"/>.</param>
    /// <param name="ciphertext">At least a tag.</param>
    /// <param name="plaintext">The ciphertext's length less the tag's; may begin at its first byte.</param>
    /// <returns>False when it is not authentic; the plaintext is then worthless.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Open(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(plaintext.Length, ciphertext.Length - tagSize);
        return Volatile.Read(ref _state) == Held
            ? OpenCore(counter, associatedData, ciphertext, plaintext)
            : HoldAndOpen(counter, associatedData, ciphertext, plaintext);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A holder wipes the key at its release.
        if (Interlocked.Or(ref _state, Disposed) == Idle)
        {
            Wipe();
        }
    }

    /// <summary>The cipher's part of <see cref="Seal"/>: the lengths fit and the key is held.</summary>
    protected abstract void SealCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext);

    /// <summary>The cipher's part of <see cref="Open"/>: the lengths fit and the key is held.</summary>
    protected abstract bool OpenCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext);

    /// <summary>Wipes the key and frees what a library keeps for it. Called once, when nothing holds the key and nothing ever will.</summary>
    protected abstract void Wipe();

    private void HoldAndSeal(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        ObjectDisposedException.ThrowIf(!TryHold(), this);
        try
        {
            SealCore(counter, associatedData, plaintext, ciphertext);
        }
        finally
        {
            Release();
        }
    }

    private bool HoldAndOpen(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        ObjectDisposedException.ThrowIf(!TryHold(), this);
        try
        {
            return OpenCore(counter, associatedData, ciphertext, plaintext);
        }
        finally
        {
            Release();
        }
    }
}

/// <summary>Creates a cipher from a key.</summary>
/// <param name="key">As many bytes as the suite's keys have; they are copied.</param>
internal delegate Aead AeadFactory(ReadOnlySpan<byte> key);
