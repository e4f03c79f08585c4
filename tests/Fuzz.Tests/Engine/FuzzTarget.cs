using System.Text;

namespace Fuzz.Tests.Engine;

/// <summary>
/// A parser or a machine that takes bytes from outside. One instance runs in one thread, and many inputs one after the other.
/// </summary>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>Inputs that reach much, made by the house's own builders and writers.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>Words of the target's language, which mutations insert.</summary>
    public virtual IEnumerable<string> Words => [];

    /// <summary>The longest input in bytes.</summary>
    public virtual int MaxLength => 1024;

    /// <summary>The most that one input may allocate, in bytes.</summary>
    public virtual int MaxAllocated => 32 << 20;

    /// <summary>Takes one input. Any exception is a fault: those that the product promises are caught by the target.</summary>
    public abstract void Run(byte[] input);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>The UTF-8 bytes of texts.</summary>
    protected static IEnumerable<byte[]> Utf8(params IEnumerable<string> texts) => texts.Select(Encoding.UTF8.GetBytes);
}
