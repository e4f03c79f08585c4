using System.Text;

namespace Culvert.Engine.Configuration;

/// <summary>
/// The file's spelling of a C# name: <c>PathMtu</c> → <c>path-mtu</c>, <c>Aes256Gcm</c> → <c>aes-256-gcm</c>, <c>Ipv4</c> →
/// <c>ipv4</c>. A hyphen goes before each capital, and before a number of two digits or more.
/// </summary>
internal static class KebabCase
{
    /// <summary>Spells a name.</summary>
    public static string Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && StartsWord(name, i))
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private static bool StartsWord(string name, int i) =>
        char.IsUpper(name[i])
        || (char.IsDigit(name[i]) && char.IsLetter(name[i - 1]) && i + 1 < name.Length && char.IsDigit(name[i + 1]));
}
