using System.Reflection;
using Nuke.Common;

/// <summary>A parameter as NUKE knows it.</summary>
internal sealed record Parameter
{
    /// <summary>The member's name, as profile files write it.</summary>
    public required string Name { get; init; }

    /// <summary>As the command line writes it, without the leading dashes.</summary>
    public required string DashedName { get; init; }

    /// <summary>Without <c>Nullable</c> and without the array around it.</summary>
    public required Type Type { get; init; }

    public required bool IsArray { get; init; }

    public required bool IsSecret { get; init; }

    /// <summary>Without the full stop at its end, as NUKE hands it on.</summary>
    public string? Description { get; init; }

    /// <summary>Encrypted in profile files.</summary>
    public bool IsSecretOfNuke { get; init; }

    /// <summary>A secret of which the path may be told to everybody.</summary>
    public bool MayBePath { get; init; }

    public OneOfAttribute? OneOf { get; init; }

    public bool IsDuration { get; init; }

    public string? Separator { get; init; }

    /// <summary>NUKE's own, such as <c>--skip</c>.</summary>
    public bool IsOfNuke { get; init; }

    public bool IsFlag => Type == typeof(bool) && !IsArray;

    public bool NamesTargets => IsOfNuke && Name is "Target" or "Skip";

    /// <summary>What rclone's are called may hold a password.</summary>
    public bool NamesStores => OneOf is { } oneOf && oneOf.Values.Contains("rclone:");

    /// <summary>The environment variable that gives it, as documentation spells it.</summary>
    public string VariableName => DashedName.Replace('-', '_').ToUpperInvariant();
}

/// <summary>The targets and parameters of a build class and its components.</summary>
internal sealed class BuildSurface
{
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly HashSet<string> _targets;
    private readonly HashSet<string> _printing;

    private BuildSurface(IEnumerable<string> targets, IEnumerable<string> printing, IEnumerable<Parameter> parameters)
    {
        _targets = new HashSet<string>(targets, StringComparer.OrdinalIgnoreCase);
        _printing = new HashSet<string>(printing, StringComparer.OrdinalIgnoreCase);
        _parameters = [];
        foreach (var parameter in parameters)
            _parameters.TryAdd(Plain(parameter.Name), parameter);
    }

    public IReadOnlyCollection<string> Targets => _targets;

    public IReadOnlyCollection<Parameter> Parameters => _parameters.Values;

    public static BuildSurface Of(Type buildType)
    {
        const BindingFlags flags = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;
        var members = buildType.GetInterfaces().Append(buildType).SelectMany(type => type.GetMembers(flags)).ToList();
        var targets = members.OfType<PropertyInfo>().Where(property => property.PropertyType == typeof(Target)).ToList();
        var parameters = members
            .Select(member => (Member: member, Attribute: member.GetCustomAttribute<ParameterAttribute>()))
            .Where(pair => pair.Attribute is not null)
            .Select(pair => ParameterOf(pair.Member, pair.Attribute!));
        return new BuildSurface(
            targets.Select(target => ShortName(target.Name)),
            targets.Where(target => target.IsDefined(typeof(PrintsJsonAttribute))).Select(target => ShortName(target.Name)),
            parameters.Concat(HiddenParametersOfNuke()));
    }

    public bool IsTarget(string name) => _targets.Contains(name.Replace("-", string.Empty, StringComparison.Ordinal));

    /// <summary>See <see cref="PrintsJsonAttribute"/>.</summary>
    public bool PrintsJson(string target) => _printing.Contains(target.Replace("-", string.Empty, StringComparison.Ordinal));

    /// <param name="name">With or without dashes, in any case, as NUKE accepts it.</param>
    public Parameter? Find(string name) => _parameters.GetValueOrDefault(Plain(name));

    /// <summary>Case and everything but letters and digits do not count.</summary>
    internal static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static Parameter ParameterOf(MemberInfo member, ParameterAttribute attribute)
    {
        var name = member.DeclaringType!.GetCustomAttribute<ParameterPrefixAttribute>()?.Prefix + (attribute.Name ?? ShortName(member.Name));
        var type = member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;
        var isArray = type.IsArray || name is "Target" or "Skip";
        var element = type.IsArray ? type.GetElementType()! : isArray ? typeof(string) : type;
        return new Parameter
        {
            Name = name,
            DashedName = Dashed(name),
            Type = Nullable.GetUnderlyingType(element) ?? element,
            IsArray = isArray,
            IsSecret = member.IsDefined(typeof(SecretAttribute)) || member.IsDefined(typeof(SecretOrPathAttribute)),
            Description = attribute.Description?.TrimEnd('.'),
            IsSecretOfNuke = member.IsDefined(typeof(SecretAttribute)),
            MayBePath = member.IsDefined(typeof(SecretOrPathAttribute)),
            OneOf = member.GetCustomAttribute<OneOfAttribute>(),
            IsDuration = member.IsDefined(typeof(DurationAttribute)),
            Separator = attribute.Separator,
            IsOfNuke = member.DeclaringType == typeof(NukeBuild),
        };
    }

    /// <summary>Those that NUKE reads without declaring them, and one that only NUKE itself declares.</summary>
    private static IEnumerable<Parameter> HiddenParametersOfNuke() =>
        from hidden in new (string Name, Type Type)[] { ("Partition", typeof(string)), ("Strict", typeof(bool)), ("ShellCompletion", typeof(bool)) }
        select new Parameter { Name = hidden.Name, DashedName = Dashed(hidden.Name), Type = hidden.Type, IsArray = false, IsSecret = false, IsOfNuke = true };

    private static string ShortName(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary><c>GitHubToken</c> becomes <c>github-token</c>, as NUKE has it.</summary>
    private static string Dashed(string name)
    {
        var dashed = new System.Text.StringBuilder();
        name = name.Replace("GitHub", "Github", StringComparison.Ordinal);
        for (var index = 0; index < name.Length; index++)
        {
            if (index > 0 && char.IsUpper(name[index]) && !char.IsUpper(name[index - 1]))
                dashed.Append('-');
            dashed.Append(char.ToLowerInvariant(name[index]));
        }

        return dashed.ToString();
    }
}
