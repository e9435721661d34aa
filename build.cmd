@echo off
rem Builds RelayOps when something changed, and runs it: build.cmd [targets] [--parameters], build.cmd --help
rem RelayOpsDependencies=packages or bundled chooses the set of dependencies; without it the NuGet source is asked once.
setlocal EnableExtensions DisableDelayedExpansion

set "RELAYOPS_CALLER_DIRECTORY=%CD%"
cd /d "%~dp0"
set "TEMPORARY=%~dp0.nuke\temp"
set "NUKE_TELEMETRY_OPTOUT=1"
set "DOTNET_CLI_TELEMETRY_OPTOUT=1"
set "DOTNET_NOLOGO=1"
rem A crash dump of .NET holds every secret of the run.
set "DOTNET_DbgEnableMiniDump=0"
set "COMPlus_DbgEnableMiniDump=0"
if not exist "%TEMPORARY%" mkdir "%TEMPORARY%"

rem As NUKE's own script does it: the SDK of global.json, from Microsoft, below .nuke\temp.
set "DOTNET_EXE=dotnet"
if exist "%TEMPORARY%\dotnet-win\dotnet.exe" set "DOTNET_EXE=%TEMPORARY%\dotnet-win\dotnet.exe"
"%DOTNET_EXE%" --version >nul 2>&1
if errorlevel 1 (
  echo no .NET SDK for global.json here: installing it below .nuke\temp 1>&2
  powershell -NoProfile -ExecutionPolicy ByPass -Command "$ErrorActionPreference='Stop'; [Net.ServicePointManager]::SecurityProtocol='Tls12'; Invoke-WebRequest https://dot.net/v1/dotnet-install.ps1 -UseBasicParsing -OutFile '%TEMPORARY%\dotnet-install.ps1'; $version=(Get-Content global.json -Raw | ConvertFrom-Json).sdk.version; & '%TEMPORARY%\dotnet-install.ps1' -InstallDir '%TEMPORARY%\dotnet-win' -Version $version -NoPath" 1>&2
  if errorlevel 1 (
    echo the .NET SDK is missing and could not be installed 1>&2
    echo   next: install it by other means, and see that 'dotnet --version' answers in this directory 1>&2
    exit /b 2
  )
  set "DOTNET_EXE=%TEMPORARY%\dotnet-win\dotnet.exe"
)

rem The answer is remembered until the package versions or the NuGet configuration change.
if not defined RelayOpsDependencies call :choose
if errorlevel 1 exit /b 1
if /i not "%RelayOpsDependencies%"=="packages" if /i not "%RelayOpsDependencies%"=="bundled" (
  echo RelayOpsDependencies cannot be '%RelayOpsDependencies%': it takes packages or bundled 1>&2
  exit /b 2
)

set "OUTPUT=%~dp0build\bin\%RelayOpsDependencies%"
powershell -NoProfile -Command "$stamp=Get-Item '%OUTPUT%\.build.begun' -ErrorAction SilentlyContinue; if (-not $stamp -or -not (Test-Path '%OUTPUT%\_build.dll')) { exit 1 }; $newer=@(Get-Item global.json) + @(Get-ChildItem build -Recurse -File -Include *.cs,*.csproj,*.props,*.targets,*.json,*.resx | Where-Object FullName -NotMatch '\\(bin|obj)\\') | Where-Object LastWriteTimeUtc -gt $stamp.LastWriteTimeUtc | Select-Object -First 1; exit [int][bool]$newer"
if errorlevel 1 (
  if not exist "%OUTPUT%" mkdir "%OUTPUT%"
  type nul >"%OUTPUT%\.build.new"
  "%DOTNET_EXE%" build build\_build.csproj -p:RelayOpsDependencies=%RelayOpsDependencies% -nologo -v quiet -clp:NoSummary -nodeReuse:false -p:UseSharedCompilation=false >"%TEMPORARY%\build-output.log" 2>&1
  if errorlevel 1 (
    type "%TEMPORARY%\build-output.log" 1>&2
    echo RelayOps does not compile: see the lines above 1>&2
    exit /b 1
  )
  move /y "%OUTPUT%\.build.new" "%OUTPUT%\.build.begun" >nul
)

"%DOTNET_EXE%" "%OUTPUT%\_build.dll" %*
exit /b %ERRORLEVEL%

:choose
set "KEY="
for /f "usebackq delims=" %%k in (`powershell -NoProfile -Command "$files=@('build\Directory.Packages.props') + @(Get-ChildItem nuget.config,$env:APPDATA\NuGet\*.Config -ErrorAction SilentlyContinue | ForEach-Object FullName); ($files | ForEach-Object { (Get-FileHash $_).Hash }) -join ''"`) do set "KEY=%%k"
set "KNOWN="
if exist "%TEMPORARY%\dependencies" for /f "usebackq tokens=1,2" %%a in ("%TEMPORARY%\dependencies") do if "%%a"=="%KEY%" set "RelayOpsDependencies=%%b"
if defined RelayOpsDependencies exit /b 0

"%DOTNET_EXE%" restore build\_build.csproj -p:RelayOpsDependencies=packages -nologo -v quiet -nodeReuse:false >"%TEMPORARY%\build-output.log" 2>&1
if not errorlevel 1 (
  set "RelayOpsDependencies=packages"
  goto :remember
)
findstr /r /c:": error " "%TEMPORARY%\build-output.log" | findstr /v /r "NU110[12]:.*Nuke\.Common NU110[12]:.*SSH\.NET NU110[12]:.*SharpCompress NU110[12]:.*Octokit" >nul
if errorlevel 1 (
  findstr /r "NU110[12]:" "%TEMPORARY%\build-output.log" >nul && set "RelayOpsDependencies=bundled"
)
if not defined RelayOpsDependencies (
  type "%TEMPORARY%\build-output.log" 1>&2
  echo the packages could not be restored: mend the NuGet configuration, or set RelayOpsDependencies=bundled 1>&2
  exit /b 1
)
echo the NuGet source does not serve all packages: going on with what is bundled ^(RelayOpsDependencies=bundled^) 1>&2

:remember
>"%TEMPORARY%\dependencies" echo %KEY% %RelayOpsDependencies%
exit /b 0
