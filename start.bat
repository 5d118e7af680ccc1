@echo off
rem Installs and builds what is missing or out of date, then runs the gateway.
setlocal
cd /d "%~dp0"

where node >nul 2>nul
if errorlevel 1 (
  echo Node.js 20.19 or newer is needed: https://nodejs.org/en/download
  exit /b 1
)
node -e "const [a,b]=process.versions.node.split('.').map(Number);process.exit(a<20||(a===20&&b<19)?1:0)"
if errorlevel 1 (
  echo This Node.js is too old: 20.19 or newer is needed: https://nodejs.org/en/download
  exit /b 1
)

node -e "const{statSync:s}=require('fs');try{process.exit(s('node_modules/.package-lock.json').mtimeMs<s('package-lock.json').mtimeMs?1:0)}catch{process.exit(1)}"
if errorlevel 1 (
  echo Installing packages, this takes a minute or two the first time ...
  call npm ci --include=dev --no-audit --no-fund
  if errorlevel 1 exit /b 1
)

node -e "const fs=require('fs'),p=require('path');const t=f=>{const s=fs.statSync(f);return s.isDirectory()?Math.max(s.mtimeMs,...fs.readdirSync(f).map(n=>t(p.join(f,n)))):s.mtimeMs};try{const b=fs.statSync('.next/BUILD_ID').mtimeMs;process.exit('app components i18n lib messages prisma public scripts instrumentation.ts next.config.mjs postcss.config.mjs proxy.ts server.mjs package-lock.json'.split(' ').some(f=>fs.existsSync(f)&&t(f)>b)?1:0)}catch{process.exit(1)}"
if errorlevel 1 (
  echo Building ...
  set NEXT_TELEMETRY_DISABLED=1
  call npm run --silent build
  if errorlevel 1 (
    if exist .next\BUILD_ID del .next\BUILD_ID
    exit /b 1
  )
)

set NODE_ENV=production
node server.mjs
exit /b %errorlevel%
