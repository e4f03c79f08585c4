using System.Globalization;
using System.Runtime.Versioning;
using Culvert.Endpoints.Interop;

namespace Culvert.Endpoints.Files;

/// <summary>The user that this process acts as, and the users that it has to trust.</summary>
[UnsupportedOSPlatform("windows")]
public static class CurrentUser
{
    private const string IdMap = "/proc/self/uid_map";

    /// <summary>The number of root.</summary>
    public const uint Root = 0;

    /// <summary>The user's number.</summary>
    public static uint Id => Stat.geteuid();

    /// <summary>Whether this process is root.</summary>
    public static bool IsRoot => Id == Root;

    /// <summary>
    /// Whether this process is root with power over other users. In a user namespace that an ordinary user created, root is that user.
    /// </summary>
    public static bool IsRootOfTheMachine => IsRoot && IsRootOutside;

    private static bool IsRootOutside
    {
        get
        {
            // Each line: first number inside, first number outside, how many (user_namespaces(7)).
            string[] maps = File.Exists(IdMap) ? File.ReadAllLines(IdMap) : [];
            return maps.Length == 0 || maps.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(map => map is ["0", "0", ..]);
        }
    }

    /// <summary>The user who called sudo; null when this process was not started by sudo.</summary>
    public static uint? SudoCaller => IsRoot ? Number("SUDO_UID") : null;

    /// <summary>Whether a user can be trusted with what this process does: root, the user itself, and the one who called sudo.</summary>
    public static bool Trusts(uint user) => user == Root || user == Id || user == SudoCaller;

    private static uint? Number(string variable) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
