using System.Security.Cryptography;
using Culvert.Tests.Support;

namespace Fuzz.Tests.Engine;

/// <summary>
/// A target's inputs in the tree: those that once failed. Every run tries them first. A new fault's input is written here, under a name that depends on
/// nothing but the input.
/// </summary>
internal sealed class SavedInputs(string target)
{
    private readonly string _folder = Path.Combine(SourceTree.Root, "tests", "Fuzz.Tests", "Corpora", target);

    /// <summary>The inputs in the order of their files' names.</summary>
    public IEnumerable<byte[]> All => Directory.Exists(_folder)
        ? Directory.GetFiles(_folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
        : [];

    /// <summary>Writes an input.</summary>
    /// <returns>Its path.</returns>
    public string Save(byte[] input)
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16] + ".bin");
        File.WriteAllBytes(file, input);
        return file;
    }
}
